import { useId } from 'react';
import type { JobProgress } from './use-job.js';

interface ProgressProps extends JobProgress {
  label: string;
  /** What can be stopped has a button for it. */
  onCancel?: () => void;
}

export function Progress({ label, done, total, onCancel }: ProgressProps) {
  const id = useId();
  return (
    <div className="progress">
      <label htmlFor={id}>{label}</label>
      {/* Without a value it says that something goes on. */}
      <progress
        id={id}
        {...(total !== undefined && total > 0 && { max: total, value: Math.min(done, total) })}
      />
      {onCancel && (
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
