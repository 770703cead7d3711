import { useId, useState, useSyncExternalStore } from 'react';
import { Icon } from '../app/icons.js';
import { currentAccess, subscribe } from '../store/access.js';
import { switchOff, switchOn } from '../store/encryption.js';
import { health } from '../store/store.js';
import { useAnswers } from '../turns/answers.js';
import { Failure } from './failure.js';
import { PassphraseForm } from './passphrase-form.js';
import { Progress } from './progress.js';
import { useJob, type JobProgress } from './use-job.js';

type Change = (onProgress: (progress: JobProgress) => void) => Promise<void>;

export function EncryptionSection() {
  const id = useId();
  const answers = useAnswers();
  const isBusy = useSyncExternalStore(answers.subscribe, answers.isBusy);
  const access = useSyncExternalStore(subscribe, currentAccess);
  const isElsewhere = useSyncExternalStore(health.subscribe, health.events).some(
    ({ type }) => type === 'memory-only' || type === 'failover',
  );
  const [isChoosing, setIsChoosing] = useState(false);
  const { job, run } = useJob<void>();
  const change = (work: Change) => run((_, onProgress) => work(onProgress));
  if (access.state !== 'open' || isElsewhere) return null;
  const { key } = access;

  const content = () => {
    if (job.state === 'running')
      return <Progress label={key ? 'Writing everything anew…' : 'Making the key…'} {...job.progress} />;
    if (isBusy) return <p role="status">Wait until the answer is complete, or stop it.</p>;
    if (key)
      return (
        <p className="row">
          <button type="button" onClick={() => location.reload()}>
            <Icon name="lock" />
            Lock now
          </button>
          <button type="button" onClick={() => void change((onProgress) => switchOff(key, onProgress))}>
            Switch encryption off
          </button>
        </p>
      );
    if (!isChoosing)
      return (
        <button type="button" onClick={() => setIsChoosing(true)}>
          Switch encryption on
        </button>
      );
    return (
      <PassphraseForm
        onCancel={() => setIsChoosing(false)}
        onChosen={(passphrase) => {
          setIsChoosing(false);
          void change((onProgress) => switchOn(passphrase, onProgress));
        }}
      />
    );
  };

  return (
    <section aria-labelledby={id}>
      <h3 id={id}>Encryption</h3>
      <p role="status">
        {key
          ? 'On. This page asks for the passphrase whenever it is opened.'
          : 'Off. Whoever gets at the files of this browser can read your chats.'}
      </p>
      <p className="hint">
        Encrypted are messages, images, titles and everything else but what the database is ordered by: ids,
        which turn continues which, times and sizes stay readable. It protects from whoever gets at the files,
        not from extensions, or from anybody who comes while the page is unlocked.{' '}
        {key
          ? 'While it is on, what you are writing is encrypted too, and the browser’s history gets no titles.'
          : 'What was written before it is switched on stays in the browser’s files until the browser tidies them up, and the titles of chats in its history until you clear that.'}
      </p>
      {content()}
      {job.state === 'failed' && <Failure what="That did not work." error={job.error} />}
    </section>
  );
}
