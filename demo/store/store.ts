import { IndexedDBSessionStore, type EncryptionOptions, type HealthEvent } from 'offshoot';
import { Listeners } from '../app/listeners.js';

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
const listeners = new Listeners();

/** What became of the database in this tab, latest last; for `useSyncExternalStore`. */
export const health = {
  subscribe: listeners.subscribe,
  events: () => events,
  dismiss(event: HealthEvent): void {
    tell(events.filter((each) => each !== event));
  },
};

function tell(next: readonly HealthEvent[]): void {
  events = next;
  listeners.notify();
}

export function openStore(encryption?: EncryptionOptions): DemoStore {
  return new IndexedDBSessionStore<TurnState>({
    name: DATABASE,
    indexed: ['pinned', 'archived'],
    fallback: 'memory',
    onUnavailable: 'failover',
    encryption,
    onHealth: (event) => tell([...events.filter(({ type }) => type !== event.type), event]),
  });
}
