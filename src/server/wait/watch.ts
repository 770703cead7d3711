import type { Database } from '../database/driver.js';
import { Statement } from '../database/statement.js';

const POLL_MS = 1_000;
const TENANTS_A_QUERY = 1_000;

/** Is told where the counter stands, again and again. */
type Listener = (seq: number) => void;

/**
 * Looks at the counters of the tenants that somebody waits for. Pushes of this process are told at once; those of others
 * are seen once a second, in one statement for all who wait, since notifications do not pass every pooler.
 */
export class Watch {
  readonly #databases = new Map<Database, Map<string, Set<Listener>>>();
  #isPolling = false;

  /** Returns a function that ends it. */
  listen(database: Database, tenant: string, listener: Listener): () => void {
    const tenants = this.#databases.get(database) ?? new Map<string, Set<Listener>>();
    this.#databases.set(database, tenants);
    const listeners = tenants.get(tenant) ?? new Set();
    tenants.set(tenant, listeners);
    listeners.add(listener);
    if (!this.#isPolling) this.#pollLater();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && tenants.get(tenant) === listeners) tenants.delete(tenant);
      if (tenants.size === 0 && this.#databases.get(database) === tenants) this.#databases.delete(database);
    };
  }

  /** How many wait for a tenant in this process. */
  waiting(database: Database, tenant: string): number {
    return this.#databases.get(database)?.get(tenant)?.size ?? 0;
  }

  tell(database: Database, tenant: string, seq: number): void {
    for (const listener of [...(this.#databases.get(database)?.get(tenant) ?? [])]) listener(seq);
  }

  #pollLater(): void {
    this.#isPolling = true;
    setTimeout(() => void this.#poll(), POLL_MS);
  }

  async #poll(): Promise<void> {
    await Promise.all(
      [...this.#databases].map(async ([database, tenants]) => this.#look(database, [...tenants.keys()])),
    );
    this.#isPolling = false;
    // Nobody waits: a process that is done can end.
    if (this.#databases.size > 0) this.#pollLater();
  }

  async #look(database: Database, tenants: string[]): Promise<void> {
    for (let first = 0; first < tenants.length; first += TENANTS_A_QUERY) {
      const statement = new Statement();
      const some = tenants.slice(first, first + TENANTS_A_QUERY);
      try {
        const rows = await database.query(
          `SELECT id, seq FROM offshoot_tenants WHERE id IN ${statement.list(some, 'text')}`,
          statement.parameters,
        );
        for (const row of rows) this.tell(database, row['id'] as string, Number(row['seq']));
      } catch {
        // The next look may succeed, and whoever waits asks by themselves in the end.
      }
    }
  }
}
