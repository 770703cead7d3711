import { isBlob, isPlainArray, isPlainObject } from '../validation/clone.js';

/** From here on a blob, a buffer or a data URL gets a row of its own. In bytes, or characters of a URL. */
export const MEDIA_SIZE = 8 * 1024;

type Path = string[];

/** Media found inside a value, and where. */
export interface Medium {
  path: Path;
  value: unknown;
}

function isMedia(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= MEDIA_SIZE && value.startsWith('data:');
  if (typeof value !== 'object' || value === null) return false;
  if (isBlob(value)) return value.size >= MEDIA_SIZE;
  return (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) && value.byteLength >= MEDIA_SIZE;
}

/**
 * Whether a value is plain: nothing in it comes twice, and its objects and arrays are as literals make them. And
 * all media in it, but none if it is not: what comes twice and is taken out at one place would be left at the other.
 */
export function survey(value: unknown): { isPlain: boolean; media: Medium[] } {
  const seen = new Set<unknown>();
  const media: Medium[] = [];
  const isPlain = (part: unknown, path: Path): boolean => {
    if (isMedia(part)) media.push({ path, value: part });
    if (typeof part !== 'object' || part === null) return true;
    if (seen.has(part)) return false;
    seen.add(part);
    const proto: unknown = Object.getPrototypeOf(part);
    if (!Array.isArray(part) && proto !== Object.prototype && proto !== null) return true;
    if (!isPlainArray(part) && !isPlainObject(part)) return false;
    return Object.entries(part).every(([key, child]) => isPlain(child, [...path, key]));
  };
  return isPlain(value, []) ? { isPlain: true, media } : { isPlain: false, media: [] };
}

/** The value with something else at each of the paths; what lies beside them is shared with the original. */
export function replaceAt(value: unknown, replacements: readonly Medium[]): unknown {
  let result: any = value;
  for (const { path, value: replacement } of replacements) result = withValue(result, path, replacement);
  return result;
}

function withValue(target: any, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const result = Array.isArray(target) ? [...target] : { ...target };
  result[key] = withValue(target[key], rest, value);
  return result;
}

/** Roughly what a value takes on disk, in bytes. */
export function sizeOf(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value === 'string') return value.length + 4;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 8;
  if (isBlob(value)) return value.size;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  seen.add(value);
  let size = 8;
  const parts = value instanceof Map || value instanceof Set ? [...value].entries() : Object.entries(value);
  for (const [key, part] of parts)
    size += (typeof key === 'string' ? key.length : 8) + 4 + sizeOf(part, seen);
  return size;
}

/** Whether a value takes less than `budget` bytes; looks no further than that. */
export function isSmall(value: unknown, budget: number): boolean {
  let left = budget;
  const spend = (part: unknown): boolean => {
    left -= typeof part === 'object' && part !== null && isPlain(part) ? 8 : sizeOf(part);
    if (left <= 0) return false;
    if (typeof part !== 'object' || part === null || !isPlain(part)) return true;
    // Counted before it is gone through: long arrays come by at every save.
    if (Array.isArray(part) && part.length * 8 >= left) return false;
    return Object.entries(part).every(([key, child]) => {
      left -= key.length;
      return spend(child);
    });
  };
  return spend(value);
}

const isPlain = (value: object) => Array.isArray(value) || isPlainObject(value);
