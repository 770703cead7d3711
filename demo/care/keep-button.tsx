import { useState } from 'react';
import { useSessionStore } from 'offshoot/react';

/** `persisted`: whether the browser has promised it already; `undefined` where it does not say. */
export function KeepButton({ persisted }: { persisted: boolean | undefined }) {
  const store = useSessionStore();
  const [answer, setAnswer] = useState<boolean>();
  const isKept = answer ?? persisted;
  return (
    <div>
      {isKept ? (
        <p role="status">The browser has promised to keep your chats until you delete them.</p>
      ) : (
        <>
          <p role="status">
            {answer === false
              ? 'The browser did not promise it. It may say yes when you use this page more often, or install it.'
              : 'When the disk gets full, the browser may delete them without asking.'}
          </p>
          <button type="button" onClick={async () => setAnswer(await store.persist().catch(() => false))}>
            Keep my data
          </button>
        </>
      )}
    </div>
  );
}
