import type { SessionStoreOptions } from '../types/snapshot.js';
import { Connection } from '../database/connection.js';
import { SessionStoreError } from '../errors.js';
import { callSafely } from '../platform/browser.js';
import { requireValid } from '../values/arguments.js';
import { optional, record } from '../values/schema.js';
import { databaseName, type StoreOptions } from './options.js';
import { Tenant, type TenantSettings } from './tenant.js';

/** The tenants of one store, each made when it is first asked for. */
export class Tenants<S> {
  readonly #tenants = new Map<string, Tenant<S>>();
  readonly #closing = new Set<() => void>();
  #closed = false;

  readonly #settings: TenantSettings;

  constructor(options: StoreOptions) {
    const { onHealth } = options;
    this.#settings = {
      ...options,
      tell: (event) => onHealth && !this.#closed && callSafely(onHealth, event),
    };
  }

  /** The tenant that a call goes to. Errors: `FAILED_PRECONDITION` after `close()`. */
  find(call: SessionStoreOptions | undefined): Tenant<S> {
    if (this.#closed) {
      throw new SessionStoreError('FAILED_PRECONDITION', 'this store is closed. Construct a new one');
    }
    requireValid(optional(record), call, 'options');
    const name = databaseName(this.#settings, call);
    let tenant = this.#tenants.get(name);
    if (!tenant) {
      const lost = () => this.#tenants.get(name)?.subscriptions.catchUp();
      tenant = new Tenant(new Connection(name, this.#settings, lost), this.#settings);
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }

  /** Calls back when the store is closed. Returns a function that takes that back. */
  onClose(callback: () => void): () => void {
    this.#closing.add(callback);
    return () => this.#closing.delete(callback);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const callback of this.#closing) callback();
    await Promise.all([...this.#tenants.values()].map((tenant) => tenant.close()));
  }
}
