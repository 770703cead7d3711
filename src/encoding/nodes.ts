/** Content that JSON cannot hold, and texts too long for one piece, stand beside the nodes. */
export type Part = ArrayBuffer | Blob | string;

/**
 * A value in a place: JSON values as they are; `[n]` for the n-th node; `['undefined']`, `['NaN']`, `['-0']` and the
 * like; `['bigint', hexadecimal digits]`.
 */
export type Slot = string | number | boolean | null | [number] | [name: string, digits?: string];

/** An object of a value: its kind and content. `more` continues the list of the node before it. */
export type Node = [kind: string, ...content: unknown[]];

/** Kinds of nodes whose second part is a list, which `more` may continue. */
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

/** The error names that structured clone keeps; others become `Error`. */
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

/** An engine's tag for a value, which is the same in every realm. */
export const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

/** A value that cannot be encoded, or nodes that cannot be decoded, with the path of the offending part. */
export class Unfit extends Error {
  constructor(
    message: string,
    readonly path: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Whether it is a plain object or array, of any realm. */
export function isLiteral(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && tagOf(value) === 'Object');
}

/** Whether an array has holes or extra properties. Takes time for what is there, whatever its length. */
export function isOdd(array: readonly unknown[], keys = Object.keys(array)): boolean {
  // Other properties come last; without this check, as many of them as there are holes would go unnoticed.
  return keys.length !== array.length || (keys.length > 0 && keys.at(-1) !== String(keys.length - 1));
}
