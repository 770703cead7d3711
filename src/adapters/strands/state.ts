import { isBytes } from '../../platform/kind.js';
import { jsonOf } from '../../platform/json.js';
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether it is enough of a Strands snapshot to be taken apart. */
export const isSnapshot = (value: unknown): value is Fields & { data: Fields } =>
  isFields(value) && isFields(value['data']);

/**
 * A Strands snapshot as a state: `messages` at the top, where they are stored once for all snapshots that have them,
 * and so is every other value of `data` by the name of `data.<key>`, and `appData`. `snapshot` has the rest, and in
 * place of those their names, in order.
 */
export function stateOf(snapshot: Fields & { data: Fields }): Fields {
  const { data } = snapshot;
  const fields = Object.entries(data).map(([key, value]) => [fieldOf(key, value), value] as const);
  return {
    ...Object.fromEntries(fields),
    ...('appData' in snapshot && { appData: snapshot['appData'] }),
    snapshot: {
      ...snapshot,
      data: fields.map(([field]) => field),
      ...('appData' in snapshot && { appData: null }),
    },
  };
}

const fieldOf = (key: string, value: unknown) =>
  key === 'messages' && Array.isArray(value) ? key : `data.${key}`;

/** The snapshot that a state was made of, `undefined` if it was made of none. */
export function snapshotOf(state: Fields): Fields | undefined {
  const { snapshot } = state;
  if (!isFields(snapshot) || !Array.isArray(snapshot['data'])) return undefined;
  const names = snapshot['data'] as string[];
  const data = names.map((field) => [field.replace(/^data\./, ''), state[field]]);
  return {
    ...snapshot,
    data: Object.fromEntries(data),
    ...('appData' in snapshot && { appData: state['appData'] }),
  };
}

/** Whether two states are of snapshots that differ in nothing but the time when they were taken. */
export function sameContent(a: Fields, b: Fields): boolean {
  const [left, right] = [snapshotOf(a), snapshotOf(b)];
  if (!left || !right) return false;
  return jsonOf({ ...left, createdAt: null }) === jsonOf({ ...right, createdAt: null });
}

/**
 * What a row holds: a snapshot, other JSON (`json`), or bytes that {@link Storage.write} was given, here as the JSON that
 * they should be. Errors: `SyntaxError`.
 */
export function parsedState(state: Fields): unknown {
  const { bytes, json } = state;
  if (isBytes(bytes)) return JSON.parse(new TextDecoder().decode(bytes));
  return json ?? snapshotOf(state);
}

/** Bytes that a snapshot was written as, as its state; those that would not come back the same, as they are. */
export function stateOfBytes(bytes: Uint8Array): Fields {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (isSnapshot(value) && jsonOf(value) === text) return stateOf(value);
  } catch {
    // No JSON, and nobody said that it had to be.
  }
  return { bytes };
}

/** What {@link stateOfBytes} was given; of a snapshot or a manifest that was saved as such, its JSON. */
export function bytesOf(state: Fields | undefined): Uint8Array | undefined {
  if (!state) return undefined;
  const { bytes } = state;
  if (isBytes(bytes)) return bytes;
  return new TextEncoder().encode(jsonOf(parsedState(state)));
}
