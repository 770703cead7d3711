import { isBlob, isPlainArray, isPlainObject } from '../values/clone.js';

/** From this size on, a blob, a buffer or a data URL gets a row of its own. In bytes, or characters of a URL. */
export const MEDIA_SIZE = 8 * 1024;

type Path = string[];

/** A medium and its path inside a value. */
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
 * Whether a value is plain (no object occurs twice in it, and all objects and arrays are as literals make them), and
 * its media. A value that is not plain has none: a medium that occurs twice would be taken out at one place only.
 */
export function survey(value: unknown): { isPlain: boolean; media: Medium[] } {
  const seen = new Set<unknown>();
  const isNew = (part: object) => seen.size < seen.add(part).size;
  const media: Medium[] = [];
  const path: Path = [];
  // Paths do not lead into maps and sets.
  let around = 0;
  const isPlain = (part: unknown): boolean => {
    const isTree = typeof part === 'object' && part !== null && (isPlainArray(part) || isPlainObject(part));
    if (!isTree && !around && isMedia(part)) media.push({ path: [...path], value: part });
    if (typeof part !== 'object' || part === null) return true;
    if (!isNew(part)) return false;
    if (!isTree) {
      if (part instanceof Date || isBlob(part) || part instanceof ArrayBuffer) return true;
      if (ArrayBuffer.isView(part)) return isNew(part.buffer);
      if (!(part instanceof Map || part instanceof Set)) return false;
      around++;
      const result = [...(part instanceof Map ? [...part].flat() : part)].every(isPlain);
      around--;
      return result;
    }
    return Object.entries(part).every(([key, child]) => {
      path.push(key);
      const result = isPlain(child);
      path.pop();
      return result;
    });
  };
  return isPlain(value) ? { isPlain: true, media } : { isPlain: false, media: [] };
}

/** A copy of the value with replacements at the given paths; everything else is shared with the original. */
export function replaceAt(value: unknown, replacements: readonly Medium[]): unknown {
  const copied = new Set<unknown>();
  const own = (part: any): any => {
    if (copied.has(part)) return part;
    const copy = Array.isArray(part) ? [...part] : { ...part };
    copied.add(copy);
    return copy;
  };
  const root = { value };
  for (const { path, value: replacement } of replacements) {
    let [target, last]: [any, string] = [root, 'value'];
    for (const key of path) {
      target = target[last] = own(target[last]);
      last = key;
    }
    target[last] = replacement;
  }
  return root.value;
}

/** The approximate size of a value on disk, in bytes; stops counting at `most`. */
export function sizeOf(value: unknown, most = Infinity, seen = new Set<unknown>()): number {
  if (typeof value === 'string') return value.length + 4;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 8;
  if (isBlob(value)) return value.size;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  // A shortcut, since long arrays are measured at every save.
  if (Array.isArray(value) && value.length * 8 >= most) return most;
  seen.add(value);
  let size = 8;
  const parts =
    value instanceof Map || value instanceof Set
      ? [...value].map((part) => [0, part] as const)
      : Object.entries(value);
  for (const [key, part] of parts) {
    if (size >= most) break;
    size += (typeof key === 'string' ? key.length : 8) + 4 + sizeOf(part, most - size, seen);
  }
  return size;
}
