import { isBlob, isPlainArray } from '../values/clone.js';
import { isOrdinary } from '../values/graph.js';
import { define } from '../values/property.js';

type Path = string[];

/** An element of an array without what belongs to others of it; and where in it that goes, how far away the other is, and where in that it is. */
export type Unlinked = [bare: unknown, ...links: [path: Path, offset: number, from: Path][]];

/** An object that belongs to one of the elements. */
interface Part {
  index: number;
  copy: any;
  /** What it is a property of, if it is not the element itself. */
  inside?: Part;
  key: string;
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || isBlob(value));

/** Instances too are cloned to plain objects. */
const isPlain = (value: object) =>
  isPlainArray(value) || (isOrdinary(value) && !Object.hasOwn(value, '__proto__'));

/** Whether one of `some` elements of an array contains another of its elements, so that storing each whole might store all of them over and over. */
export function reachOthers(elements: readonly unknown[], some: readonly unknown[]): boolean {
  let all: Set<unknown> | undefined;
  const parts = new Set(some);
  for (const part of parts) {
    if (!isContainer(part) || !isPlain(part)) continue;
    for (const child of Object.values(part)) {
      if (!isContainer(child)) continue;
      if ((all ??= new Set(elements)).has(child)) return true;
      parts.add(child);
    }
  }
  return false;
}

/**
 * Takes apart elements that contain each other, so that every object is stored with one of them alone. The others say
 * how far away that is: it stays true when elements are dropped in front. `undefined` if there is more in them than
 * literals.
 */
export function unlinked(elements: readonly unknown[]): Unlinked[] | undefined {
  const parts = new Map<unknown, Part>();
  const add = (value: unknown, index: number, key: string, inside?: Part): Part => {
    const part = { index, key, copy: Array.isArray(value) ? [] : {}, ...(inside && { inside }) };
    parts.set(value, part);
    return part;
  };
  elements.forEach((element, index) => {
    if (isContainer(element) && !parts.has(element)) add(element, index, '');
  });
  const results = elements.map((): Unlinked => [null]);
  const put = (value: unknown, index: number, key: string, inside?: Part): unknown => {
    if (!isContainer(value)) return value;
    const part = parts.get(value) ?? add(value, index, key, inside);
    if (part.index === index) return part.copy;
    results[index]!.push([[...pathOf(inside), ...(inside ? [key] : [])], part.index - index, pathOf(part)]);
    return null;
  };
  elements.forEach((element, index) => (results[index]![0] = put(element, index, '')));
  // Those that are found on the way are gone through as well.
  for (const [value, part] of parts) {
    if (!isPlain(value as object)) return undefined;
    for (const [key, child] of Object.entries(value as object))
      define(part.copy, key, put(child, part.index, key, part));
  }
  return results;
}

function pathOf(part: Part | undefined): Path {
  const path: Path = [];
  for (let at = part; at?.inside; at = at.inside) path.unshift(at.key);
  return path;
}

/** Puts together what was taken apart, in place. What leads nowhere, as in a file that somebody made up, is left out. */
function linked(elements: readonly unknown[]): unknown[] {
  const whole = elements.map((element) => (Array.isArray(element) ? element : [])) as Unlinked[];
  whole.forEach(([, ...links], index) => {
    for (const [path, offset, from] of links) {
      const target = from.reduce(own, whole[index + offset]?.[0]);
      const [key, ...way] = ['0', ...path].reverse() as [string, ...string[]];
      const holder = way.reverse().reduce(own, whole[index] as unknown);
      if (own(holder, key) === null) (holder as Record<string, unknown>)[key] = target;
    }
  });
  return whole.map(([bare]) => bare);
}

/** What is made of a field's entries, which are the caller's to change. */
export function valueOf(kind: 'array' | 'linked' | 'one', entries: unknown[]): unknown {
  if (kind === 'linked') return linked(entries);
  return kind === 'one' ? entries[0] : entries;
}

/** A property of its own, and never one that all objects have. */
const own = (value: unknown, key: string): unknown =>
  isContainer(value) && Object.hasOwn(value, key) ? value[key] : undefined;
