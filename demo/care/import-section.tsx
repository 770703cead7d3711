import { useEffect, useId, useRef, useState } from 'react';
import type { ImportReport, OnConflict } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { Failure } from './failure.js';
import { formatBytes } from './format-bytes.js';
import { ImportOutcome, reportOf } from './import-outcome.js';
import { Progress } from './progress.js';
import { useJob } from './use-job.js';

const CHOICES: readonly { value: OnConflict; label: string }[] = [
  { value: 'skip', label: 'Leave chats that are here already as they are' },
  { value: 'fork', label: 'Import them once more, as copies' },
];

/** Imports a file that was chosen, or dropped on the page. */
export function ImportSection({ dropped }: { dropped: File | undefined }) {
  const id = useId();
  const store = useSessionStore();
  const input = useRef<HTMLInputElement>(null);
  const start = useRef<HTMLButtonElement>(null);
  const [file, setFile] = useState<File | undefined>(dropped);
  const [onConflict, setOnConflict] = useState<OnConflict>('skip');
  const { job, run, cancel } = useJob<ImportReport>();
  useEffect(() => {
    if (dropped) setFile(dropped);
  }, [dropped]);
  useEffect(() => {
    if (file) start.current?.focus();
  }, [file]);
  const begin = (file: File) =>
    run((signal, onProgress) =>
      store.importSessions(file.stream(), {
        onConflict,
        signal,
        onProgress: ({ bytes }) => onProgress({ done: bytes, total: file.size }),
      }),
    ).then(() => setFile(undefined));
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>Import</h3>
      <p>A file that was exported here, or anywhere else by Offshoot. You can also drop it on the page.</p>
      <fieldset disabled={job.state === 'running'}>
        <legend className="visually-hidden">Chats that are here already</legend>
        {CHOICES.map(({ value, label }) => (
          <label key={value} className="choice">
            <input
              type="radio"
              name={id}
              checked={onConflict === value}
              onChange={() => setOnConflict(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <input
        ref={input}
        type="file"
        accept=".jsonl,application/jsonl,application/x-ndjson"
        aria-label="File to import"
        hidden
        onChange={() => {
          setFile(input.current!.files?.[0]);
          // So that the same file can be chosen again.
          input.current!.value = '';
        }}
      />
      {job.state === 'running' ? (
        <Progress label="Importing…" {...job.progress} onCancel={cancel} />
      ) : (
        <p className="row">
          {file && (
            <button ref={start} type="button" className="primary" onClick={() => void begin(file)}>
              {`Import ${file.name} (${formatBytes(file.size)})`}
            </button>
          )}
          <button type="button" onClick={() => input.current!.click()}>
            {file ? 'Another file…' : 'Choose a file…'}
          </button>
        </p>
      )}
      <div role="status">
        {job.state === 'done' && <ImportOutcome report={job.result} />}
        {job.state === 'cancelled' && (
          <p>The import was cancelled. What had come in by then stays; import the file again to go on.</p>
        )}
      </div>
      {job.state === 'failed' && (
        <>
          <Failure what="The file could not be read to its end." error={job.error} />
          <ImportOutcome report={reportOf(job.error)} />
        </>
      )}
    </section>
  );
}
