import { kindOf } from '../platform/kind.js';

type Parts = Record<string, unknown>;

/**
 * Deep and strict equality for results of structured clone. Classes of another realm count as the same, since some
 * runners (jsdom, Jest) have a realm of their own.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Number.isNaN(a) && Number.isNaN(b);
  }
  if (kindOf(a) !== kindOf(b) || isPlain(a) !== isPlain(b)) return false;
  return ofKind(kindOf(a), a, b);
}

function ofKind(kind: string, a: any, b: any): boolean {
  if (ArrayBuffer.isView(a)) return sameBytes(a, b);
  switch (kind) {
    case 'Date':
      return equal(a.getTime(), b.getTime());
    case 'RegExp':
      return String(a) === String(b);
    case 'ArrayBuffer':
      return sameBytes(new Uint8Array(a), new Uint8Array(b));
    case 'Set':
      return equal([...a], [...b]);
    case 'Map':
      return equal([...a.keys()], [...b.keys()]) && equal([...a.values()], [...b.values()]);
    case 'Error':
      return a.name === b.name && a.message === b.message && sameProperties(a, b);
    default:
      return (!Array.isArray(a) || a.length === b.length) && sameProperties(a, b);
  }
}

/** A plain object of any realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function sameProperties(a: Parts, b: Parts): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]))
  );
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const [left, right] = [a, b].map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return left!.length === right!.length && left!.every((byte, i) => byte === right![i]);
}
