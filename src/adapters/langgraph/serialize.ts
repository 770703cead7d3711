import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';
import { SessionStoreError } from '../../index.js';
import { invalid } from '../../values/arguments.js';
import { reading } from '../../values/given.js';

/** A serialized value: JSON as text, which makes equal values easy to find; otherwise bytes. */
export type Serialized = string | { type: string; data: Uint8Array };

/** Fails for invalid UTF-8, and keeps a byte order mark, so that the value round-trips. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Serializes a value. An error of the serde is caused by the value, so it becomes `INVALID_ARGUMENT` with `path`. */
export async function serialize(
  serde: SerializerProtocol,
  value: unknown,
  path: string,
): Promise<Serialized> {
  const [type, data] = await dumped(serde, value, path);
  if (type !== 'json') return { type, data };
  try {
    return utf8.decode(data);
  } catch {
    // An application's own serde may call any format JSON.
    return { type, data };
  }
}

async function dumped(
  serde: SerializerProtocol,
  value: unknown,
  path: string,
): Promise<[string, Uint8Array]> {
  try {
    return await serde.dumpsTyped(value);
  } catch (cause) {
    throw cause instanceof SessionStoreError
      ? cause
      : invalid(path, 'cannot be written by the serde; see cause', cause);
  }
}

export async function deserialize(serde: SerializerProtocol, packed: Serialized): Promise<any> {
  return typeof packed === 'string'
    ? serde.loadsTyped('json', packed)
    : serde.loadsTyped(packed.type, packed.data);
}

/**
 * The value of a channel. An array is serialized element by element, so that each element is stored once, however many
 * checkpoints have it.
 */
export async function serializeChannel(
  serde: SerializerProtocol,
  value: unknown,
  path: string,
): Promise<Serialized | Serialized[]> {
  const elements = reading(path, () => Array.isArray(value) && Array.from(value));
  if (!elements) return serialize(serde, value, path);
  return Promise.all(elements.map((element, index) => serialize(serde, element, `${path}.${index}`)));
}

export async function deserializeChannel(
  serde: SerializerProtocol,
  packed: Serialized | Serialized[],
): Promise<unknown> {
  if (!Array.isArray(packed)) return deserialize(serde, packed);
  return Promise.all(packed.map((element) => deserialize(serde, element)));
}
