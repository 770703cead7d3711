import { isBytes } from '../../platform/kind.js';
import { jsonOf } from '../../platform/json.js';
type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value has the parts of a Strands snapshot that are needed here. */
export const isSnapshot = (value: unknown): value is Fields & { data: Fields } =>
  isFields(value) && isFields(value['data']);

/**
 * A Strands snapshot as a state: `messages` and `appData` at the top, where they are shared between snapshots, and
 * every other value of `data` as `data.<key>`. `snapshot` has the rest, and the names of those, in order.
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

/** The snapshot that a state was made from, `undefined` if it is not one. */
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

/** Whether two snapshots' states differ in nothing but their times. */
export function sameContent(a: Fields, b: Fields): boolean {
  const [left, right] = [snapshotOf(a), snapshotOf(b)];
  if (!left || !right) return false;
  return jsonOf({ ...left, createdAt: null }) === jsonOf({ ...right, createdAt: null });
}

/**
 * The content of a row: a snapshot, other JSON (`json`), or bytes of {@link Storage.write}, parsed as JSON. Errors:
 * `SyntaxError`.
 */
export function parsedState(state: Fields): unknown {
  const { bytes, json } = state;
  if (isBytes(bytes)) return JSON.parse(new TextDecoder().decode(bytes));
  return json ?? snapshotOf(state);
}

/** The state for bytes: that of a snapshot if it serializes to the same bytes, otherwise the bytes themselves. */
export function stateOfBytes(bytes: Uint8Array): Fields {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    if (isSnapshot(value) && jsonOf(value) === text) return stateOf(value);
  } catch {
    // Not JSON, which is allowed.
  }
  return { bytes };
}

/** The bytes of a state; for a snapshot or manifest that was saved as such, its JSON. */
export function bytesOf(state: Fields | undefined): Uint8Array | undefined {
  if (!state) return undefined;
  const { bytes } = state;
  if (isBytes(bytes)) return bytes;
  return new TextEncoder().encode(jsonOf(parsedState(state)));
}
