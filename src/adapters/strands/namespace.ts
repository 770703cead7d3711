import type { Storage } from './contract.js';
import { normalizedPrefix, requireText } from './keys.js';

/** The SDK adds a namespace of its own around every storage that lacks this mark. */
const NAMESPACED = Symbol.for('strands.storage.namespaced');

/** A view of a storage: all keys get a prefix that its users do not see. */
export class Namespace implements Storage {
  declare readonly [NAMESPACED]: true;
  readonly #storage: Storage;
  readonly #prefix: string;

  constructor(storage: Storage, prefix: string) {
    this.#storage = storage;
    this.#prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    // A class field would be compiled to a static block, which Safari before 16.4 cannot parse.
    this[NAMESPACED] = true;
  }

  async write(key: string, data: Uint8Array): Promise<void> {
    return this.#storage.write(this.#keyOf(key), data);
  }

  async read(key: string): Promise<Uint8Array | null> {
    return this.#storage.read(this.#keyOf(key));
  }

  async delete(key: string): Promise<void> {
    return this.#storage.delete(this.#keyOf(key));
  }

  async list(prefix: string): Promise<string[]> {
    const keys = await this.#storage.list(this.#keyOf(prefix, 'prefix'));
    return keys.map((key) => key.slice(this.#prefix.length));
  }

  namespace(prefix: string): Storage {
    return new Namespace(this.#storage, this.#prefix + normalizedPrefix(prefix));
  }

  #keyOf(key: string, name: 'key' | 'prefix' = 'key'): string {
    requireText(key, name);
    return this.#prefix + key;
  }
}
