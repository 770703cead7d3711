import { type Steps, UNITS } from '../database/pace.js';
import { isBuffer } from '../platform/kind.js';
import { shapeOf } from './geometry.js';
import { ERRORS, LISTED, Unfit, VIEWS, type Node, type Part } from './nodes.js';
import { define } from '../values/property.js';

/** Asked before memory is allocated that a few bytes of input can demand. */
export type Allow = (kind: 'holes' | 'reserved bytes', amount: number) => void;

/** Engines allocate a dense array up to this length, and a sparse one beyond. */
const SPARSE_FROM = 2 ** 32 - 2;

/** Builds a value from its nodes, each a new object. Throws for nodes that no value is encoded as. */
export function* build(
  root: unknown,
  nodes: readonly Node[],
  parts: readonly Part[],
  allow: Allow = () => {},
): Steps<unknown> {
  const whole: Node[] = [];
  let units = 0;
  for (const node of nodes) {
    if (++units % UNITS === 0) yield;
    if (!Array.isArray(node) || typeof node[0] !== 'string') throw new Unfit('is no node');
    if (node[0] !== 'more') {
      whole.push(LISTED.includes(node[0]) ? [node[0], [...listOf(node)], ...node.slice(2)] : node);
      continue;
    }
    const list = listOf(whole.at(-1));
    for (const slot of listOf(node)) {
      if (++units % UNITS === 0) yield;
      list.push(slot);
    }
  }
  const building = new Building(whole, parts, allow);
  for (let n = 0; n < whole.length; n++) yield* building.fill(n);
  return building.at(root);
}

function listOf(node: Node | undefined): unknown[] {
  const list = node?.[1];
  if (!Array.isArray(list)) throw new Unfit('has no list');
  return list;
}

class Building {
  readonly #made: unknown[] = [];
  readonly #isMade: boolean[] = [];
  #units = 0;

  constructor(
    readonly nodes: readonly Node[],
    readonly parts: readonly Part[],
    readonly allow: Allow,
  ) {}

  /** The value of a slot. */
  at(slot: unknown): unknown {
    if (typeof slot !== 'object' || slot === null) return slot;
    if (!Array.isArray(slot)) throw new Unfit('is no slot');
    const [what, digits] = slot as unknown[];
    if (typeof what === 'number') return this.#object(what);
    switch (what) {
      case 'undefined':
        return undefined;
      case '-0':
        return -0;
      case 'NaN':
      case 'Infinity':
      case '-Infinity':
        return Number(what);
      case 'bigint':
        return bigintOf(digits);
      default:
        throw new Unfit('is no slot');
    }
  }

  /** Fills an object with its content; all other objects exist by then, or are created on demand. */
  *fill(number: number): Steps<void> {
    const target = this.#object(number) as any;
    const node = this.nodes[number]!;
    const [kind] = node;
    if (!LISTED.includes(kind)) return;
    const list = listOf(node);
    const isPaired = kind !== 'array' && kind !== 'Set';
    if (isPaired && list.length % 2 !== 0) throw new Unfit('has a key without a value');
    for (let i = 0; i < list.length; i += isPaired ? 2 : 1) {
      if (++this.#units % UNITS === 0) yield;
      const value = this.at(list[isPaired ? i + 1 : i]);
      if (kind === 'array') target.push(value);
      else if (kind === 'Set') target.add(value);
      else if (kind === 'Map') target.set(this.at(list[i]), value);
      else defineOnce(target, this.#text(list[i]), value, kind !== 'Error');
    }
    if (kind === 'sparse' && target.length !== node[2]) throw new Unfit('is longer than its length');
  }

  #object(number: number): unknown {
    if (this.#isMade[number]) return this.#made[number];
    const node = this.nodes[number];
    if (!node) throw new Unfit('refers to nothing');
    // Set first, so that a node which refers to itself here is refused instead of followed.
    this.#isMade[number] = true;
    return (this.#made[number] = this.#make(node));
  }

  #make([kind, ...content]: Node): unknown {
    const [first, second, third, fourth] = content;
    switch (kind) {
      case 'array':
        return [];
      case 'object':
        return {};
      case 'Map':
        return new Map();
      case 'Set':
        return new Set();
      case 'sparse':
        return this.#sparse(second, listOf([kind, first]).length / 2);
      case 'Error':
        return errorOf(second);
      case 'DOMException':
        return this.#domException(content);
      case 'text':
        return this.#part(first, (part) => typeof part === 'string');
      case 'ArrayBuffer':
        return this.#buffer(first, second);
      case 'view':
        return this.#view(first, this.at(second), third, fourth);
      case 'Blob':
        return this.#blob(first, this.#text(second));
      case 'File':
        return new File([this.#blob(first, '')], this.#text(third), {
          type: this.#text(second),
          lastModified: numberOf(fourth),
        });
      case 'Date':
        return new Date(first === null ? NaN : numberOf(first));
      case 'RegExp':
        return new RegExp(this.#text(first), this.#text(second));
      case 'boxed':
        return boxed(this.at(first));
      case 'ImageData':
        return imageOf(this.at(first), numberOf(second), numberOf(third), this.#text(fourth));
      default: {
        const shape =
          kind.startsWith('DOM') &&
          shapeOf(
            kind,
            content.map((slot) => numberOf(this.at(slot))),
          );
        if (shape) return shape;
        throw new Unfit(`is of the unknown kind "${kind}"`);
      }
    }
  }

  #sparse(length: unknown, entries: number): unknown[] {
    if (!Number.isInteger(length) || (length as number) < 0 || (length as number) >= 2 ** 32) {
      throw new Unfit('has no length');
    }
    this.allow('holes', Math.max(0, (length as number) - entries));
    const array: unknown[] = [];
    // Makes the array sparse: a dense one would allocate memory for all its elements.
    array[SPARSE_FROM] = undefined;
    Reflect.deleteProperty(array, SPARSE_FROM);
    array.length = length as number;
    return array;
  }

  #domException([name, message, stack, ...quota]: unknown[]): unknown {
    const [limit, requested] = quota.map((bytes) => bytes ?? undefined);
    const Quota = (globalThis as any).QuotaExceededError;
    const error: object =
      quota.length > 0 && typeof Quota === 'function'
        ? new Quota(this.#text(message), { quota: limit, requested })
        : new DOMException(this.#text(message), this.#text(name));
    const trace = this.at(stack);
    if (trace === undefined) Reflect.deleteProperty(error, 'stack');
    else defineOnce(error, 'stack', trace, false);
    return error;
  }

  #buffer(place: unknown, most: unknown): ArrayBuffer {
    const part = this.#part(place, isBuffer) as ArrayBuffer;
    if (most === undefined) return part;
    this.allow('reserved bytes', numberOf(most));
    const buffer = new (ArrayBuffer as any)(part.byteLength, { maxByteLength: most });
    new Uint8Array(buffer).set(new Uint8Array(part));
    return buffer;
  }

  #view(name: unknown, buffer: unknown, offset: unknown, length: unknown): unknown {
    const View = VIEWS.includes(name as string) ? (globalThis as any)[name as string] : undefined;
    if (!View || !isBuffer(buffer)) throw new Unfit('is no view on a buffer');
    return length === null ? new View(buffer, offset) : new View(buffer, numberOf(offset), numberOf(length));
  }

  #blob(place: unknown, type: string): Blob {
    const part = this.#part(place, (each) => typeof each === 'object') as Blob | ArrayBuffer;
    // The same blob, since rows from a database keep a reference to its file.
    if (part instanceof Blob && part.type === type && !isFile(part)) return part;
    return new Blob([part], { type });
  }

  #part(place: unknown, fits: (part: Part) => boolean): Part {
    const part = this.parts[place as number];
    if (part === undefined || !fits(part)) throw new Unfit('lacks what belongs to it');
    return part;
  }

  #text(slot: unknown): string {
    const text = this.at(slot);
    if (typeof text !== 'string') throw new Unfit('expected a text');
    return text;
  }
}

const isFile = (blob: Blob): boolean => typeof File === 'function' && blob instanceof File;

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new Unfit('expected a number');
  return value;
}

function bigintOf(digits: unknown): bigint {
  if (typeof digits !== 'string' || !/^-?[0-9a-f]+$/.test(digits)) throw new Unfit('is no large integer');
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

function boxed(value: unknown): unknown {
  if (!['number', 'string', 'boolean', 'bigint'].includes(typeof value)) throw new Unfit('is no boxed value');
  return new Object(value);
}

/** An error without the stack that the engine records where it is created. */
function errorOf(kind: unknown): Error {
  if (!ERRORS.includes(kind as string)) throw new Unfit('is no kind of error');
  const ErrorKind = (globalThis as any)[kind as string] ?? Error;
  const error: Error = kind === 'AggregateError' ? new ErrorKind([]) : new ErrorKind();
  for (const name of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, name);
  return error;
}

function imageOf(data: unknown, width: number, height: number, colorSpace: string): unknown {
  if (typeof ImageData !== 'function') throw new Unfit('is an image, which there are none of here');
  return new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height, {
    colorSpace: colorSpace as PredefinedColorSpace,
  });
}

function defineOnce(target: object, key: string, value: unknown, enumerable: boolean): void {
  if (Array.isArray(target) && key === 'length') throw new Unfit('has a length twice');
  define(target, key, value, enumerable);
}
