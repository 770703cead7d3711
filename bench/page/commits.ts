const now = () => performance.timeOrigin + performance.now();

/** Notes when transactions of this page that wrote were complete, from now on. Libraries must not be loaded yet. */
export function noteCommits(): number[] {
  const commits: number[] = [];
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...args) {
    const begun = transaction.apply(this, args);
    if (begun.mode !== 'readonly') begun.addEventListener('complete', () => commits.push(now()));
    return begun;
  };
  return commits;
}
