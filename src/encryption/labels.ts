import { answerOf } from '../database/answer.js';
import { isRange } from '../database/key-order.js';
import type { Entry } from '../database/schema.js';
import { jsonOf } from '../platform/json.js';
import { subtleCrypto } from '../platform/browser.js';
import type { RawRows } from './encrypted-row.js';

/** How many bytes of a hash are kept: whoever finds a row by it compares the value itself. */
const KEPT = 16;

/** The most hashes that are remembered. */
const MOST_KNOWN = 1000;

/**
 * What the index `where` has in place of values: HMACs under a key of its own, which follows from the key that encrypts,
 * so that it is there whenever that is, and another one when that is replaced.
 */
export class Labels {
  readonly #known = new Map<string, string>();
  #key: Promise<CryptoKey> | undefined;

  /** `scope`: what else hashes depend on, so that equal values look equal in one database only. */
  constructor(
    readonly key: CryptoKey,
    readonly scope: readonly string[],
  ) {}

  known(label: string): string | undefined {
    return this.#known.get(label);
  }

  async learn(labels: Iterable<string>): Promise<void> {
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    for (const label of labels) this.#known.set(label, await this.#hash(label));
  }

  hashed(entries: readonly Entry[]): Promise<Entry[]> {
    return Promise.all(
      entries.map(async ([first, second, ...id]) => {
        const isKeys = first === 0;
        const hash = await this.#hash(isKeys ? second : first);
        return (isKeys ? [0, hash] : [hash, second, ...id]) as Entry;
      }),
    );
  }

  async #hash(label: string): Promise<string> {
    const bytes = new TextEncoder().encode(jsonOf([...this.scope, label]));
    const key = await (this.#key ??= derived(this.key));
    const hash = await answerOf(subtleCrypto().sign('HMAC', key, bytes), 'WebCrypto');
    return Array.from(new Uint8Array(hash, 0, KEPT), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

/**
 * The first bytes that the key encrypts zeros to, under a nonce that is kept for this. A key that cannot be extracted can do
 * nothing else. Nothing but this key ever learns them, and a row's random nonce is this one as seldom as it is another
 * row's.
 */
async function derived(key: CryptoKey): Promise<CryptoKey> {
  const algorithm = { name: 'AES-GCM', iv: new TextEncoder().encode('offshoot:val') };
  const stream = await answerOf(subtleCrypto().encrypt(algorithm, key, new Uint8Array(32)), 'WebCrypto');
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  return subtleCrypto().importKey('raw', new Uint8Array(stream, 0, 32), hmac, false, ['sign']);
}

/** An index by labels, which are stored as hashes. `hashOf` throws for one that is not known yet. */
export function byLabel(rows: RawRows, hashOf: (label: string) => string): RawRows {
  // Labels are JSON of arrays, and hashes are not.
  const keyOf = (key: unknown) =>
    Array.isArray(key) && String(key[0]).startsWith('[') ? [hashOf(key[0] as string), ...key.slice(1)] : key;
  const at = (query: unknown) =>
    isRange(query) ? { ...query, lower: keyOf(query.lower), upper: keyOf(query.upper) } : keyOf(query);
  return {
    name: rows.name,
    get: async (query) => rows.get(at(query)),
    getKey: async (query) => rows.getKey(at(query)),
    getAll: async (query, count) => rows.getAll(at(query), count),
    getAllKeys: async (query, count) => rows.getAllKeys(at(query), count),
    count: async (query) => rows.count(at(query)),
    openKeyCursor: async (query, direction) => rows.openKeyCursor(at(query), direction),
  };
}
