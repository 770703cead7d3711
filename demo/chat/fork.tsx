import { IconButton } from '../app/icons.js';

interface ForkProps {
  siblings: readonly string[];
  /** The one that is shown. */
  index: number;
  onGo: (snapshotId: string) => void;
}

/** The arrows between the branches that begin here: `2 / 3`. */
export function Fork({ siblings, index, onGo }: ForkProps) {
  if (siblings.length < 2) return null;
  const step = (by: number) => {
    const sibling = siblings[index + by];
    if (sibling !== undefined) onGo(sibling);
  };
  return (
    <span className="fork" role="group" aria-label={`Branch ${index + 1} of ${siblings.length}`}>
      <IconButton icon="back" label="Previous branch" aria-disabled={index === 0} onClick={() => step(-1)} />
      <span>
        {index + 1} / {siblings.length}
      </span>
      <IconButton
        icon="forward"
        label="Next branch"
        aria-disabled={index === siblings.length - 1}
        onClick={() => step(1)}
      />
    </span>
  );
}
