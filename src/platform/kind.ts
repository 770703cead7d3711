/**
 * What a value is, by the name of its class: `Date`, `Map`, `ArrayBuffer`. Classes themselves differ from realm to
 * realm: what an iframe, jsdom or Jest hands over is no instance of ours. Whoever made the value can have it say
 * anything; what structured clone made says the truth.
 */
export const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export const isBuffer = (value: unknown): value is ArrayBuffer => kindOf(value) === 'ArrayBuffer';

/** Node's `Buffer` as well. */
export const isBytes = (value: unknown): value is Uint8Array<ArrayBuffer> => kindOf(value) === 'Uint8Array';
