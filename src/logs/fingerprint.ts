/** How many nested values, and how many bytes of a buffer, are hashed. */
const MOST_PARTS = 1000;

const mix = (hash: number, part: number) => (Math.imul(hash ^ part, 0x01000193) + 1) | 0;

/** The same for equal values, different for most others. Only a hint where to compare. */
export function fingerprint(value: unknown): unknown {
  // A Map compares primitives by itself.
  return typeof value === 'object' && value ? hashOf(value, { left: MOST_PARTS }) : value;
}

function hashOf(value: unknown, effort: { left: number }): number {
  let hash = 2;
  if (typeof value !== 'object' || !value) {
    const text = String(value);
    for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
    return mix(hash, text.length);
  }
  if (value instanceof Date) return hashOf(value.getTime(), effort);
  const bytes = bytesOf(value);
  if (bytes) {
    const step = Math.ceil(bytes.length / MOST_PARTS);
    for (let i = 0; i < bytes.length; i += step) hash = mix(hash, bytes[i]!);
    return mix(hash, bytes.length);
  }
  for (const part of partsOf(value)) {
    if (effort.left-- < 0) break;
    hash = mix(hash, hashOf(part, effort));
  }
  return hash;
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  return value instanceof Set ? value : Object.entries(value).flat();
}

/** The bytes of a buffer or view. */
function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}
