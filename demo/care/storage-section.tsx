import { useEffect, useId, useState } from 'react';
import type { StorageReport } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { countOf } from '../app/labels.js';
import { formatBytes } from './format-bytes.js';
import { KeepButton } from './keep-button.js';
import { LargestSessions } from './largest-sessions.js';

/** Reading it goes through the whole database, so not at every change. */
const AGAIN_MS = 1_000;

export function StorageSection({ onLeave }: { onLeave: () => void }) {
  const id = useId();
  const report = useStorage();
  if (!report) return <p className="hint">Looking how much there is…</p>;
  const { usage, quota, snapshots, sessions, persisted } = report;
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>Storage</h3>
      {usage !== undefined && quota !== undefined && (
        <p>
          <meter aria-label="Storage used" min={0} max={quota} high={quota * 0.8} value={usage} />
          {formatBytes(usage)} of {formatBytes(quota)} used
        </p>
      )}
      <p>{`${countOf(snapshots, 'snapshot')} in ${countOf(sessions.length, 'chat')}, on this device only.`}</p>
      <LargestSessions sessions={sessions} onLeave={onLeave} />
      <KeepButton persisted={persisted} />
    </section>
  );
}

function useStorage(): StorageReport | undefined {
  const store = useSessionStore();
  const [report, setReport] = useState<StorageReport>();
  useEffect(() => {
    let isOpen = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      store.storage().then(
        (report) => isOpen && setReport(report),
        // The banner and the list say what is wrong with the database.
        () => {},
      );
    };
    read();
    const end = store.onSessionsChange(() => (timer ??= setTimeout(read, AGAIN_MS)));
    return () => {
      isOpen = false;
      clearTimeout(timer);
      end();
    };
  }, [store]);
  return report;
}
