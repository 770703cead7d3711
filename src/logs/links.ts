import { isBlob, isOrdinary, isPlainArray } from '../values/clone.js';
import { define } from '../values/property.js';

type Path = string[];

/**
 * An element of an array without the objects that belong to other elements; and for each of those its path, how many
 * elements away its owner is, and its path there.
 */
export type Unlinked = [bare: unknown, ...links: [path: Path, offset: number, from: Path][]];

/** Up to so many parts are looked for in a list. */
const FEW = 16;

/** An object that belongs to one of the elements. */
interface Part {
  index: number;
  copy: any;
  /** The part that it is a property of, unless it is the element itself. */
  inside?: Part;
  key: string;
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || isBlob(value));

/** Instances count too, since they are cloned to plain objects. */
const isPlain = (value: object) =>
  isPlainArray(value) || (isOrdinary(value) && !Object.hasOwn(value, '__proto__'));

/**
 * Whether one of these elements contains any element, so that storing each by itself might store all of them over and
 * over. Takes time for `some` and what they contain, and next to none for the others.
 */
export function reachOthers(elements: readonly unknown[], some: readonly unknown[]): boolean {
  const inside = new Set<unknown>();
  const parts = new Set(some);
  for (const part of parts) {
    if (!isContainer(part) || !isPlain(part)) continue;
    for (const child of Object.values(part)) {
      if (!isContainer(child)) continue;
      inside.add(child);
      parts.add(child);
    }
  }
  if (inside.size === 0) return false;
  // Every save asks for each message, and an engine searches a list much faster than it calls a function for each.
  if (inside.size <= FEW) return [...inside].some((part) => elements.includes(part));
  return elements.some((element) => inside.has(element));
}

/**
 * Separates elements that contain each other, so that every object is stored with one of them only. Links are relative,
 * so they stay valid when elements in front are removed. `undefined` if the elements contain more than plain objects
 * and arrays.
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
  // The loop also visits the parts that it adds.
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

/** Restores the links in place. Links that lead nowhere, as in a forged file, are dropped. */
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

/** The value of a field, made from entries that the caller may change. */
export function valueOf(kind: 'array' | 'linked' | 'one', entries: unknown[]): unknown {
  if (kind === 'linked') return linked(entries);
  return kind === 'one' ? entries[0] : entries;
}

/** Reads an own property, never an inherited one. */
const own = (value: unknown, key: string): unknown =>
  isContainer(value) && Object.hasOwn(value, key) ? value[key] : undefined;
