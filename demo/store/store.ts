import { IndexedDBSessionStore, type EncryptionOptions, type HealthEvent } from 'offshoot';

/** What the demo keeps with every snapshot. */
export interface TurnState {
  /** The model that was asked. */
  model: string;
  /** The name of the tab that asked it. */
  tab: string;
}

export type DemoStore = IndexedDBSessionStore<TurnState>;

export const DATABASE = 'offshoot-demo';

let events: readonly HealthEvent[] = [];
const listeners = new Set<() => void>();

/** What became of the database in this tab, latest last; for `useSyncExternalStore`. */
export const health = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  events: () => events,
  dismiss(event: HealthEvent): void {
    tell(events.filter((each) => each !== event));
  },
};

function tell(next: readonly HealthEvent[]): void {
  events = next;
  for (const listener of listeners) listener();
}

export function openStore(encryption?: EncryptionOptions): DemoStore {
  return new IndexedDBSessionStore<TurnState>({
    name: DATABASE,
    fallback: 'memory',
    onUnavailable: 'failover',
    encryption,
    onHealth: (event) => tell([...events.filter(({ type }) => type !== event.type), event]),
  });
}
