/** What a tab says of its work, at once: a tab that has ended can no longer be asked. */
export type Report =
  | { type: 'saved'; id: string; revision: number }
  | { type: 'added'; tab: string }
  | { type: 'did'; name: string }
  | { type: 'wrong'; what: string };

/** All that was said. */
export interface Ledger {
  /** The last revision of each snapshot whose save had resolved. */
  saved: Record<string, number>;
  /** How often each tab has added one to what all count. */
  added: Record<string, number>;
  did: Record<string, number>;
  wrong: string[];
}

const channelOf = (database: string) => new BroadcastChannel(`ledger of ${database}`);

/** What tells the tab that keeps the ledger. */
export function told(database: string, tab: string): (report: Report) => void {
  const channel = channelOf(database);
  const tell = (report: Report) => channel.postMessage(report);
  window.addEventListener('error', ({ message }) =>
    tell({ type: 'wrong', what: `${tab}: uncaught: ${message}` }),
  );
  window.addEventListener('unhandledrejection', ({ reason }) =>
    tell({ type: 'wrong', what: `${tab}: unhandled: ${reason}` }),
  );
  return tell;
}

/** Writes down what all tabs say from now on. */
export function keepLedger(database: string): Ledger {
  const ledger: Ledger = { saved: {}, added: {}, did: {}, wrong: [] };
  const { saved, added, did, wrong } = ledger;
  channelOf(database).onmessage = ({ data }: MessageEvent<Report>) => {
    if (data.type === 'saved') saved[data.id] = Math.max(data.revision, saved[data.id] ?? 0);
    else if (data.type === 'added') added[data.tab] = (added[data.tab] ?? 0) + 1;
    else if (data.type === 'did') did[data.name] = (did[data.name] ?? 0) + 1;
    else wrong.push(data.what);
  };
  return ledger;
}
