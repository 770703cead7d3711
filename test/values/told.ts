/** All that somebody who is given a value can find out about it, as text: in order, with what comes twice, and what is in blobs. */
export async function told(value: unknown): Promise<string> {
  const met = new Map<object, number>();
  const blobs: Blob[] = [];
  const look = (part: unknown): string => {
    if (typeof part === 'bigint') return `${part}n`;
    if (typeof part === 'string') return JSON.stringify(part);
    if (typeof part === 'symbol' || typeof part === 'function') return typeof part;
    if (typeof part !== 'object' || part === null) return Object.is(part, -0) ? '-0' : String(part);
    const known = met.get(part);
    if (known !== undefined) return `#${known}`;
    met.set(part, met.size);
    if (part instanceof Blob) blobs.push(part);
    const [above] = [Object.getPrototypeOf(part) as object | null];
    const kind = `${{}.toString.call(part)} ${above?.constructor?.name ?? ''}`;
    return `${kind} { ${[...contentOf(part, look), ...propertiesOf(part, look)].join(', ')} }`;
  };
  const text = look(value);
  const contents = await Promise.all(
    blobs.map(async (blob) => [...new Uint8Array(await blob.arrayBuffer())].join()),
  );
  return [text, ...contents].join('\n');
}

type Look = (part: unknown) => string;

/** What it has for itself; of an error, hidden ones too. */
function propertiesOf(value: object, look: Look): string[] {
  const isList = ArrayBuffer.isView(value) || {}.toString.call(value) === '[object String]';
  if (isList) return [];
  // In which order an error has what is hidden nobody asks for.
  const names = value instanceof Error ? Object.getOwnPropertyNames(value).sort() : Object.keys(value);
  return names.map((name) => {
    const { enumerable } = Object.getOwnPropertyDescriptor(value, name)!;
    return `${JSON.stringify(name)}${enumerable ? '' : ' hidden'}: ${look((value as any)[name])}`;
  });
}

function contentOf(value: object, look: Look): string[] {
  if (Array.isArray(value)) return [`length ${value.length}`];
  if (value instanceof Map) return [...value].map(([key, part]) => `${look(key)} => ${look(part)}`);
  if (value instanceof Set) return [...value].map(look);
  if (value instanceof Date) return [String(value.getTime())];
  if (value instanceof RegExp) return [value.source, value.flags, String(value.lastIndex)];
  if (value instanceof Error)
    return [value.name, value.message, ...(value instanceof DOMException ? [String(value.code)] : [])];
  if (value instanceof ArrayBuffer) {
    const { resizable = false, maxByteLength } = value as { resizable?: boolean; maxByteLength?: number };
    return [new Uint8Array(value).join(' '), resizable ? `up to ${maxByteLength}` : 'fixed'];
  }
  if (ArrayBuffer.isView(value)) {
    return [
      `${value.byteOffset}+${value.byteLength}`,
      look(value.buffer),
      isGrowing(value) ? 'grows along' : '',
    ];
  }
  const inside: unknown = value.valueOf();
  return inside === value ? attributesOf(value, look) : [look(inside)];
}

/** What the browser's own objects answer. */
function attributesOf(value: object, look: Look): string[] {
  const names = new Set<string>();
  for (
    let above: any = Object.getPrototypeOf(value);
    above && above !== Object.prototype;
    above = Object.getPrototypeOf(above)
  ) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(above)))
      if (get) names.add(name);
  }
  return [...names].sort().map((name) => `${name} = ${look((value as any)[name])}`);
}

/** Whether a view goes on to the end of its buffer, wherever that is. No property tells, so it is tried. */
function isGrowing(view: ArrayBufferView): boolean {
  const buffer = view.buffer as any;
  if (!buffer.resizable) return false;
  const { byteLength, maxByteLength } = buffer;
  const before = new Uint8Array(buffer).slice();
  const [long, short] = [maxByteLength, maxByteLength - 8].map((size) => {
    buffer.resize(size);
    return view.byteLength;
  });
  buffer.resize(byteLength);
  new Uint8Array(buffer).set(before);
  return short! > 0 && long! > short!;
}
