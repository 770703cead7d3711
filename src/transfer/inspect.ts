import { isBlob, isPlainArray } from '../validation/clone.js';
import { MOST_DEEP } from './lines.js';

/** More digits than this take an engine too long to read. */
const MOST_DIGITS = 100_000;

/** Why a value can be neither exported nor imported, and which part of it. */
export class Unfit extends Error {
  readonly path: string[] = [];
}

export interface Inspected {
  /** JSON holds all of it. */
  isJson: boolean;
  blobs: Set<Blob>;
}

/**
 * Goes through a value that is about to be exported, or was read from a file: throws `Unfit` for what is nested too
 * deep, for keys that change prototypes where objects are merged carelessly, and for what no file can hold.
 */
export function inspect(value: unknown): Inspected {
  const inspection = new Inspection();
  inspection.visit(value, 0);
  return inspection;
}

class Inspection implements Inspected {
  isJson = true;
  readonly blobs = new Set<Blob>();
  readonly #seen = new Set<object>();
  /** Those being visited that cannot be read back before all of what is in them. */
  readonly #unfinished = new Set<object>();

  visit(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) this.isJson = false;
        return;
      case 'object':
        if (value !== null) this.#visitObject(value, depth);
        return;
      case 'bigint':
        if (value.toString(16).length > MOST_DIGITS) throw new Unfit('is too large a number');
        this.isJson = false;
        return;
      case 'undefined':
        this.isJson = false;
        return;
      default:
        throw new Unfit(`is a ${typeof value}`);
    }
  }

  #visitObject(value: object, depth: number): void {
    if (this.#unfinished.has(value)) throw new Unfit('contains itself');
    if (this.#seen.has(value)) {
      this.isJson = false;
      return;
    }
    if (depth > MOST_DEEP) throw new Unfit(`is nested more than ${MOST_DEEP} levels deep`);
    this.#seen.add(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) {
      if (!isPlainArray(value)) this.isJson = false;
      this.#visitParts(value, depth, hasProperties(value));
    } else if (prototype === Object.prototype || prototype === null) {
      this.#visitParts(value, depth);
    } else {
      this.isJson = false;
      this.#visitExotic(value, depth);
    }
  }

  #visitParts(parent: object, depth: number, isUnfinished = false): void {
    if (isUnfinished) this.#unfinished.add(parent);
    for (const key of Object.keys(parent)) {
      const part = (parent as Record<string, unknown>)[key];
      if (key === '__proto__' || (key === 'constructor' && hasPrototype(part))) {
        throw new Unfit(`has the key "${key}", which can be used to change prototypes`);
      }
      this.#visitAt(key, part, depth);
    }
    this.#unfinished.delete(parent);
  }

  #visitExotic(value: object, depth: number): void {
    if (isBlob(value)) {
      this.blobs.add(value);
    } else if (value instanceof Map) {
      for (const [key, part] of value) {
        this.#visitAt('(key)', key, depth);
        this.#visitAt(String(typeof key === 'object' ? '(object)' : key), part, depth);
      }
    } else if (value instanceof Set) {
      for (const part of value) this.#visitAt('(element)', part, depth);
    } else if (value instanceof Error) {
      this.#unfinished.add(value);
      this.#visitAt('cause', value.cause, depth);
      this.#unfinished.delete(value);
    } else if (!isAtom(value)) {
      throw new Unfit(`is a ${value.constructor?.name ?? 'foreign object'}, which no file can hold`);
    }
  }

  #visitAt(key: string, part: unknown, depth: number): void {
    try {
      this.visit(part, depth + 1);
    } catch (error) {
      if (error instanceof Unfit) error.path.unshift(key);
      throw error;
    }
  }
}

/** Whether an array has properties beside its elements. Those come last. */
export function hasProperties(array: readonly unknown[]): boolean {
  const last = Object.keys(array).at(-1);
  return last !== undefined && String(Number(last) >>> 0) !== last;
}

const hasPrototype = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');

const ATOMS = [Date, RegExp, ArrayBuffer, Boolean, Number, String, BigInt];

const isAtom = (value: object): boolean =>
  ArrayBuffer.isView(value) || ATOMS.some((atom) => value instanceof atom);
