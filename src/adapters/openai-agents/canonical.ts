import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { isBytes } from '../../platform/kind.js';
import { invalid } from '../../values/arguments.js';

/**
 * A text that is the same for equal values, whatever the order of their keys. Distinguishes what JSON does not: absent
 * and `undefined`, bytes and arrays, `-0`, `NaN`.
 *
 * Errors: `INVALID_ARGUMENT` with the `path` of a value that a history cannot contain.
 */
export function canonical(value: unknown, path: string, around: readonly unknown[] = []): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value !== 'object') throw invalid(path, `is a ${typeof value}, which no history can hold`);
  if (isBytes(value)) return `bytes(${value.join()})`;
  if (around.includes(value)) throw invalid(path, 'is cyclic, which no history can hold');
  const parts = [...around, value];
  if (Array.isArray(value)) {
    const elements = Array.from(value, (element, index) => canonical(element, `${path}.${index}`, parts));
    return `[${elements.join()}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalid(path, 'is neither a plain object, an array, nor a Uint8Array');
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part, `${path}.${key}`, parts)}`).join()}}`;
}

/** SHA-256, in hexadecimal. Without WebCrypto, which insecure pages do not have. */
export const digest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));
