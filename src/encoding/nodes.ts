/** What JSON has no form for, and text too long for one piece, stands beside the nodes. */
export type Part = ArrayBuffer | Blob | string;

/**
 * A value in a place: what JSON has as it is; `[n]` for the n-th node; `['undefined']`, `['NaN']`, `['-0']` and their
 * like; `['bigint', hexadecimal digits]`.
 */
export type Slot = string | number | boolean | null | [number] | [name: string, digits?: string];

/** An object of a value: its kind, and what it is made of. `more` goes on with the list of the node before it. */
export type Node = [kind: string, ...content: unknown[]];

/** Nodes whose second part is a list, which `more` may go on with. */
export const LISTED = ['array', 'object', 'sparse', 'Map', 'Set', 'Error'];

export const VIEWS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
];

/** The errors that structured clone knows by name; all others come out of it as `Error`. */
export const ERRORS = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
];

/** What an engine has under a name; of another realm's, too, the name is the same. */
export const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** Why a value cannot be written down, or is not what was written down, and which part of it. */
export class Unfit extends Error {
  constructor(
    message: string,
    readonly path: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Whether it is what a literal makes, in this realm or in another. */
export function isLiteral(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && tagOf(value) === 'Object');
}

/** Whether an array has holes, or properties beside its elements. Costs what is there, whatever its length. */
export function isOdd(array: readonly unknown[], keys = Object.keys(array)): boolean {
  // What is no element comes last: as many of those as there are holes would not show in their number.
  return keys.length !== array.length || (keys.length > 0 && keys.at(-1) !== String(keys.length - 1));
}
