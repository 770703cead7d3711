import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';

/** What a serde made of a value: JSON as its text, so that equal values are found at once; otherwise bytes. */
export type Packed = string | { type: string; data: Uint8Array };

/** Fails for what is not UTF-8, and keeps a byte order mark: what comes out must be what went in. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export async function pack(serde: SerializerProtocol, value: unknown): Promise<Packed> {
  const [type, data] = await serde.dumpsTyped(value);
  if (type !== 'json') return { type, data };
  try {
    return utf8.decode(data);
  } catch {
    // A serde of the application's own may call anything JSON.
    return { type, data };
  }
}

export async function unpack(serde: SerializerProtocol, packed: Packed): Promise<any> {
  return typeof packed === 'string'
    ? serde.loadsTyped('json', packed)
    : serde.loadsTyped(packed.type, packed.data);
}

/**
 * The value of a channel. An array is packed element by element: a store keeps each element of an array once, however
 * many checkpoints have it.
 */
export async function packChannel(serde: SerializerProtocol, value: unknown): Promise<Packed | Packed[]> {
  if (!Array.isArray(value)) return pack(serde, value);
  return Promise.all(Array.from(value, (element) => pack(serde, element)));
}

export async function unpackChannel(serde: SerializerProtocol, packed: Packed | Packed[]): Promise<unknown> {
  if (!Array.isArray(packed)) return unpack(serde, packed);
  return Promise.all(packed.map((element) => unpack(serde, element)));
}
