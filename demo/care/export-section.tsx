import { useId } from 'react';
import { useSessionStore } from 'offshoot/react';
import { countOf } from '../app/labels.js';
import { download } from './download.js';
import { formatBytes } from './format-bytes.js';
import { Failure } from './failure.js';
import { Progress } from './progress.js';
import { useJob } from './use-job.js';

interface Exported {
  sessions: number;
  bytes: number;
  /** How many parts could not be exported. */
  lacking: number;
}

export function ExportSection() {
  const id = useId();
  const store = useSessionStore();
  const { job, run, cancel } = useJob<Exported>();
  const start = () =>
    run(async (signal, onProgress) => {
      let exported: Exported = { sessions: 0, bytes: 0, lacking: 0 };
      const stream = store.exportSessions({
        signal,
        onProgress({ sessions, totalSessions, bytes }) {
          exported = { ...exported, sessions, bytes };
          onProgress({ done: sessions, total: totalSessions });
        },
        // All else is better than nothing, as long as it is said.
        onDamaged() {
          exported = { ...exported, lacking: exported.lacking + 1 };
        },
      });
      const blob = await new Response(stream).blob();
      download(blob, `offshoot-${new Date().toISOString().slice(0, 10)}.jsonl`);
      return exported;
    });
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>Export</h3>
      <p>One file with all chats and all their branches. It is not encrypted, whatever the chats here are.</p>
      {job.state === 'running' ? (
        <Progress label="Exporting…" {...job.progress} onCancel={cancel} />
      ) : (
        <button type="button" onClick={start}>
          Export all chats
        </button>
      )}
      <div role="status">
        {job.state === 'done' && (
          <p>{`Exported ${countOf(job.result.sessions, 'chat')}, ${formatBytes(job.result.bytes)}.`}</p>
        )}
        {job.state === 'done' && job.result.lacking > 0 && (
          <p>
            <strong>{`${countOf(job.result.lacking, 'snapshot')} not in the file, because it could not be read or no file can hold it.`}</strong>
          </p>
        )}
        {job.state === 'cancelled' && <p>The export was cancelled.</p>}
      </div>
      {job.state === 'failed' && <Failure what="The export failed." error={job.error} />}
    </section>
  );
}
