import { type Steps, UNITS } from '../database/pace.js';
import { geometryOf } from './geometry.js';
import { ERRORS, isLiteral, isOdd, tagOf, Unfit, VIEWS, type Node, type Part, type Slot } from './nodes.js';

/** A list continues in another node from this size on, in characters. */
const MOST_LISTED = 256 * 1024;

/** Longer texts are cut into pieces, in characters. */
export const MOST_TEXT = 256 * 1024;

/**
 * Encodes any value that structured clone can hold, as far as the engine exposes it: one node for each object, so that
 * identity, cycles and depth need nothing special, and keys are data. Steps that are nodes come in order.
 */
export class Flattening {
  readonly parts: Part[] = [];
  readonly root: Slot;
  /** Approximate size of the nodes, in characters. */
  size = 0;
  readonly #numbers = new Map<unknown, number>();
  readonly #objects: unknown[] = [];
  /** The node and key where each object was found. */
  readonly #origins: [number, string][] = [];
  #at = -1;
  #units = 0;

  constructor(
    value: unknown,
    /** Whether lists and texts are cut into pieces of a limited size. */
    readonly inPieces: boolean,
  ) {
    this.root = this.#slot(value, '');
  }

  *nodes(): Generator<Node | undefined, void, void> {
    for (this.#at = 0; this.#at < this.#objects.length; this.#at++) {
      yield* this.#node(this.#objects[this.#at]);
    }
  }

  *#node(value: unknown): Generator<Node | undefined, void, void> {
    const listed = typeof value === 'object' ? listOf(value as object) : undefined;
    if (listed) yield* this.#list(listed);
    else if (typeof value === 'string') yield ['text', this.parts.push(value) - 1];
    else yield this.#atom(value, tagOf(value as object));
  }

  /** Pairs are encoded as key and value, one after the other. */
  *#list({ kind, values, more = [] }: Listed): Generator<Node | undefined, void, void> {
    let slots: Slot[] = [];
    let node: Node = [kind, slots, ...more];
    const begun = this.size;
    let limit = begun + MOST_LISTED;
    for (const [value, key] of values) {
      if (++this.#units % UNITS === 0) yield undefined;
      slots.push(this.#slot(value, key));
      if (!this.inPieces || this.size < limit) continue;
      yield node;
      slots = [];
      node = ['more', slots];
      limit = this.size + MOST_LISTED;
    }
    if (slots.length > 0 || node[0] !== 'more') yield node;
  }

  #atom(value: any, tag: string): Node {
    const text = (part: string) => this.#slot(part, '');
    if (VIEWS.includes(tag)) {
      const { byteOffset, byteLength, length = byteLength } = value;
      return ['view', tag, this.#slot(value.buffer, 'buffer'), byteOffset, isTracking(value) ? null : length];
    }
    switch (tag) {
      case 'ArrayBuffer': {
        const part = this.parts.push(value.resizable ? value.slice() : value) - 1;
        return value.resizable ? [tag, part, value.maxByteLength] : [tag, part];
      }
      case 'Blob':
        return [tag, this.parts.push(value) - 1, text(value.type)];
      case 'File':
        return [tag, this.parts.push(value) - 1, text(value.type), text(value.name), value.lastModified];
      case 'Date':
        return Number.isNaN(+value) ? [tag, null] : [tag, +value];
      case 'RegExp':
        return [tag, text(value.source), value.flags];
      case 'Boolean':
      case 'Number':
      case 'String':
      case 'BigInt':
        return ['boxed', this.#slot(value.valueOf(), '')];
      case 'QuotaExceededError':
      case 'DOMException': {
        const { name, message, stack, quota = null, requested = null } = value;
        const node: Node = ['DOMException', text(name), text(message), this.#slot(stack, 'stack')];
        return tag === 'DOMException' ? node : [...node, quota, requested];
      }
      case 'ImageData':
        return [tag, this.#slot(value.data, 'data'), value.width, value.height, value.colorSpace];
      default: {
        const numbers = geometryOf(tag, value);
        if (numbers) return [tag, ...numbers.map((number) => this.#slot(number, ''))];
        throw this.#unfit(`is a ${tag === 'Object' ? nameOf(value) : tag}`, this.#at);
      }
    }
  }

  #slot(value: unknown, key: string): Slot {
    this.size += 8;
    switch (typeof value) {
      case 'string':
        if (this.inPieces && value.length > MOST_TEXT) return [this.#number(value, key)];
        this.size += value.length;
        return value;
      case 'number':
        if (Object.is(value, -0)) return ['-0'];
        return Number.isFinite(value) ? value : [String(value)];
      case 'boolean':
        return value;
      case 'bigint': {
        const digits = value.toString(16);
        this.size += digits.length;
        return ['bigint', digits];
      }
      case 'undefined':
        return ['undefined'];
      case 'object':
        return value && [this.#number(value, key)];
      default:
        throw this.#unfit(`is a ${typeof value}`, this.#at, key);
    }
  }

  #number(value: unknown, key: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#objects.push(value) - 1;
    this.#numbers.set(value, number);
    this.#origins.push([this.#at, key]);
    return number;
  }

  #unfit(message: string, at: number, ...path: string[]): Unfit {
    for (let n = at; n > 0; n = this.#origins[n]![0]) path.unshift(this.#origins[n]![1]);
    return new Unfit(message, path);
  }
}

/** A node with a list of values. */
interface Listed {
  kind: string;
  values: Iterable<readonly [value: unknown, key: string]>;
  more?: unknown[];
}

function listOf(object: object): Listed | undefined {
  if (Array.isArray(object)) {
    const keys = Object.keys(object);
    if (!isOdd(object, keys)) return { kind: 'array', values: elements(object) };
    return { kind: 'sparse', values: entriesOf(object, keys), more: [object.length] };
  }
  if (isLiteral(object)) return { kind: 'object', values: entriesOf(object, Object.keys(object)) };
  switch (tagOf(object)) {
    case 'Map':
      return { kind: 'Map', values: flat(object as Map<unknown, unknown>) };
    case 'Set':
      return { kind: 'Set', values: elements(object as Set<unknown>) };
    case 'Error':
      return { kind: 'Error', values: partsOf(object as Error), more: [kindOf(object)] };
    default:
      return undefined;
  }
}

/** Encodes a value at once. */
export function* flattened(value: unknown): Steps<{ nodes: Node[]; parts: Part[]; root: Slot }> {
  const flattening = new Flattening(value, false);
  const nodes: Node[] = [];
  for (const node of flattening.nodes()) {
    if (node) nodes.push(node);
    else yield;
  }
  return { nodes, parts: flattening.parts, root: flattening.root };
}

function* elements(values: Iterable<unknown>): Generator<[unknown, string]> {
  let at = 0;
  for (const value of values) yield [value, String(at++)];
}

function* entriesOf(object: object, keys: readonly string[]): Generator<[unknown, string]> {
  for (const key of keys) {
    yield [key, key];
    yield [(object as Record<string, unknown>)[key], key];
  }
}

function* flat(map: Map<unknown, unknown>): Generator<[unknown, string]> {
  for (const [key, value] of map) {
    const name = typeof key === 'object' ? '(object)' : String(key);
    yield [key, `(key ${name})`];
    yield [value, name];
  }
}

/** An error's own content; and its stack, where an engine keeps that elsewhere. */
function* partsOf(error: Error): Generator<[unknown, string]> {
  const names = Object.getOwnPropertyNames(error);
  if (!names.includes('stack') && typeof error.stack === 'string') names.push('stack');
  yield* entriesOf(error, names);
}

function kindOf(error: object): string {
  const name: unknown = Object.getPrototypeOf(error)?.name;
  return ERRORS.includes(name as string) ? (name as string) : 'Error';
}

const nameOf = (value: object): string => value.constructor?.name ?? 'foreign object';

/** Whether a view tracks the length of a resizable buffer; no property tells, so it is tried. */
function isTracking(view: any): boolean {
  const { buffer, byteOffset, byteLength } = view;
  if (!buffer.resizable || byteOffset + byteLength !== buffer.byteLength) return false;
  const { byteLength: size, maxByteLength } = buffer;
  const unit = view.BYTES_PER_ELEMENT ?? 1;
  if (size + unit <= maxByteLength) {
    buffer.resize(size + unit);
    const tracks = view.byteLength > byteLength;
    buffer.resize(size);
    return tracks;
  }
  if (byteLength <= unit) return false;
  const last = new Uint8Array(buffer, size - unit).slice();
  buffer.resize(size - unit);
  const tracks = view.byteLength > 0;
  buffer.resize(size);
  new Uint8Array(buffer).set(last, size - unit);
  return tracks;
}
