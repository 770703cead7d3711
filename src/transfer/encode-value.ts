import { stringify } from 'devalue';
import { isBlob } from '../validation/clone.js';
import { hasProperties, inspect } from './inspect.js';
import type { EncodedValue } from './lines.js';

/**
 * Encodes whatever IndexedDB can hold and a file can. Blobs are read here, outside of any transaction. Throws
 * `Unfit` for the rest, and whatever reading a blob fails with.
 */
export async function encodeValue(value: unknown): Promise<EncodedValue> {
  const { isJson, blobs } = inspect(value);
  if (isJson) return { json: value };
  const bytes = new Map<Blob, ArrayBuffer>();
  for (const blob of blobs) bytes.set(blob, await blob.arrayBuffer());
  return { devalue: JSON.parse(stringify(value, reducersOf(bytes))) };
}

/** What devalue does not know. The names are part of the format. */
function reducersOf(bytes: ReadonlyMap<Blob, ArrayBuffer>): Record<string, (value: unknown) => unknown> {
  return {
    File: (value) =>
      isFile(value) && {
        name: value.name,
        type: value.type,
        lastModified: value.lastModified,
        bytes: bytes.get(value),
      },
    Blob: (value) =>
      typeof value === 'object' &&
      value !== null &&
      isBlob(value) && { type: value.type, bytes: bytes.get(value) },
    Error: (value) =>
      value instanceof Error && {
        name: value.name,
        message: value.message,
        ...(typeof value.stack === 'string' && { stack: value.stack }),
        ...('cause' in value && { cause: value.cause }),
      },
    // With properties beside its elements.
    Array: (value) =>
      Array.isArray(value) &&
      hasProperties(value) && { length: value.length, entries: Object.entries(value) },
  };
}

const isFile = (value: unknown): value is File => typeof File !== 'undefined' && value instanceof File;
