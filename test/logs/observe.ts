/** Everything that somebody who is given a value can find out about it, as text. */
export function observe(value: unknown, met = new Map<object, number>()): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return `"${JSON.stringify(value).slice(1, -1)}"`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  const known = met.get(value);
  if (known !== undefined) return `#${known}`;
  met.set(value, met.size);
  const look = (part: unknown) => observe(part, met);
  const properties = (names: readonly string[]) =>
    names.map((name) => `${look(name)}:${look((value as Record<string, unknown>)[name])}`).join();
  const kind =
    Object.prototype.toString.call(value) + (Object.getPrototypeOf(value)?.constructor?.name ?? '');
  return `${kind}{${contentOf(value, look)}}{${properties(Object.keys(value))}}`;
}

function contentOf(value: object, look: (part: unknown) => string): string {
  if (Array.isArray(value)) return String(value.length);
  if (value instanceof Date) return String(value.getTime());
  if (value instanceof RegExp) return `${value.source}/${value.flags}/${value.lastIndex}`;
  if (value instanceof Map) return [...value].map(([key, part]) => `${look(key)}=>${look(part)}`).join();
  if (value instanceof Set) return [...value].map(look).join();
  if (value instanceof Error) return [value.name, value.message, value.cause].map(look).join();
  if (ArrayBuffer.isView(value)) {
    return `${value.byteOffset}+${value.byteLength} ${look(value.buffer)}`;
  }
  if (value instanceof ArrayBuffer) {
    const { resizable, maxByteLength } = value as ArrayBuffer & {
      resizable?: boolean;
      maxByteLength?: number;
    };
    return `${new Uint8Array(value).join()} ${resizable && maxByteLength}`;
  }
  const inside: unknown = value.valueOf();
  return inside === value ? '' : look(inside);
}
