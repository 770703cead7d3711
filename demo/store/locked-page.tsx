import { useId, useState, type FormEvent } from 'react';
import { Icon } from '../app/icons.js';
import { HealthBanner } from '../care/health-banner.js';
import { deleteEverything, unlock } from './encryption.js';
import { readRecord, type EncryptionRecord } from './encryption-record.js';

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Stands before everything else while the chats are encrypted. Without a record no passphrase can open them. */
export default function LockedPage({ record }: { record: EncryptionRecord | undefined }) {
  const [isGivingUp, giveUp] = useState(false);
  return (
    <main className="locked">
      <HealthBanner />
      <h1>
        <Icon name="lock" />
        Your chats are locked
      </h1>
      {record ? (
        <UnlockForm record={record} />
      ) : (
        <p>
          They are encrypted, and the browser has deleted what the passphrase needs to make their key. They
          cannot be opened any more.
        </p>
      )}
      {record && !isGivingUp ? (
        <button type="button" className="quiet" onClick={() => giveUp(true)}>
          I have lost the passphrase
        </button>
      ) : (
        <BeginAnew />
      )}
    </main>
  );
}

function UnlockForm({ record }: { record: EncryptionRecord }) {
  const id = useId();
  const [passphrase, setPassphrase] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy || passphrase === '') return;
    setIsBusy(true);
    setProblem(undefined);
    try {
      // Another tab may have ended since what it was at when this page came up.
      if (await unlock(passphrase, readRecord() ?? record)) return;
      setProblem('That is not the passphrase.');
    } catch (error) {
      setProblem(`They could not be opened. ${messageOf(error)}`);
    }
    setIsBusy(false);
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor={id}>Passphrase</label>
      <input
        id={id}
        type="password"
        autoComplete="current-password"
        ref={focusAtFirst}
        value={passphrase}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        onChange={(event) => setPassphrase(event.target.value)}
      />
      <p id={`${id}-problem`} role="alert" className="problem">
        {problem}
      </p>
      <button type="submit" className="primary" aria-disabled={isBusy || passphrase === ''}>
        {isBusy ? 'Unlocking…' : 'Unlock'}
      </button>
    </form>
  );
}

function BeginAnew() {
  const [problem, setProblem] = useState<string>();
  return (
    <section>
      <p>Nobody can recover it. You can delete all chats on this device and begin anew.</p>
      <button
        type="button"
        className="danger"
        onClick={() => void deleteEverything().catch((error) => setProblem(messageOf(error)))}
      >
        Delete all chats for good
      </button>
      <p role="alert" className="problem">
        {problem}
      </p>
    </section>
  );
}

const focusAtFirst = (input: HTMLInputElement | null) => input?.focus();
