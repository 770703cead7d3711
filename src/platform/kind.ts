/**
 * The kind of a value by its class's name: `Date`, `Map`, `ArrayBuffer`. `instanceof` fails for values of another
 * realm, as from an iframe, jsdom or Jest. An object can claim another kind; the result of a structured clone cannot.
 */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export const isBuffer = (value: unknown): value is ArrayBuffer => kindOf(value) === 'ArrayBuffer';

/** Includes Node's `Buffer`. */
export const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> => kindOf(value) === 'Uint8Array';
