import { invalid } from '../../values/arguments.js';
import { described } from '../../values/schema.js';
import { StorageError } from './errors.js';
import { checkpointOf, latestOf, manifestOf, scopeAddress, type ScopeAddress } from './scope-snapshots.js';

/**
 * Where a key's value is stored. A snapshot is stored as one, so that its messages are shared; other values as bytes.
 */
export type Target =
  | { kind: 'latest'; sessionId: string; id: string; address: ScopeAddress }
  | { kind: 'checkpoint'; sessionId: string; id: string; address: ScopeAddress; checkpointId: string }
  | { kind: 'bytes'; sessionId: string; id: string };

/** The SDK's layout of a session's keys, after the namespace and the session's id. */
const LAYOUT =
  /^(.+)\/scopes\/(agent|multiAgent)\/([a-z0-9_-]+)\/snapshots\/(?:snapshot_(latest)\.json|(manifest)\.json|immutable_history\/snapshot_([a-z0-9_-]+)\.json)$/;
const ROW = /^(.+)\/scopes\/(agent|multiAgent)\/([a-z0-9_-]+)\/(?:(latest)|(manifest)|checkpoint\/(.+))$/;
const BYTES = 'bytes:';

/**
 * The Offshoot session for keys under `root`. The SDK's own namespace is `session`, so that both kinds of storage keep
 * a session of `SessionManager` in the Offshoot session of the same id. All others begin with a slash.
 */
const sessionIdOf = (root: string) => /^session\/([a-z0-9_-]+)$/.exec(root)?.[1] ?? `/${root}`;

/** The common prefix of all keys of an Offshoot session, without a slash at the end. */
const rootOf = (sessionId: string) =>
  sessionId.startsWith('/') ? sessionId.slice(1) : `session/${sessionId}`;

export function targetOf(key: string): Target {
  const [, root, scope, scopeId, latest, manifest, checkpointId] = LAYOUT.exec(key) ?? [];
  if (root === undefined) {
    const folder = /^(.+)\/scopes\//.exec(key)?.[1] ?? /^(.+)\//.exec(key)?.[1] ?? '';
    return { kind: 'bytes', sessionId: `/${folder}`, id: `${BYTES}${key}` };
  }
  const sessionId = sessionIdOf(root);
  const address = scopeAddress(sessionId, scope!, scopeId!);
  if (latest) return { kind: 'latest', sessionId, id: latestOf(address), address };
  if (manifest) return { kind: 'bytes', sessionId, id: manifestOf(address) };
  const id = checkpointOf(address, checkpointId!);
  return { kind: 'checkpoint', sessionId, id, address, checkpointId: checkpointId! };
}

/** The key whose value a row holds; `undefined` for rows without one, such as overwritten snapshots. */
export function keyOf(id: string): string | undefined {
  if (id.startsWith(BYTES)) return id.slice(BYTES.length);
  const [, sessionId, scope, scopeId, latest, manifest, checkpointId] = ROW.exec(id) ?? [];
  if (sessionId === undefined) return undefined;
  const file = checkpointId === undefined ? '' : `immutable_history/snapshot_${checkpointId}.json`;
  const name = latest ? 'snapshot_latest.json' : manifest ? 'manifest.json' : file;
  return `${rootOf(sessionId)}/scopes/${scope}/${scopeId}/snapshots/${name}`;
}

/** Whether an Offshoot session can have keys with this prefix. */
export function mayHave(sessionId: string, prefix: string): boolean {
  const root = rootOf(sessionId);
  return root === '' || `${root}/`.startsWith(prefix) || prefix.startsWith(`${root}/`);
}

/** A key as the SDK's own storages normalize it: no empty segments. Throws `StorageError` for an invalid key. */
export function normalizedKey(key: string): string {
  const segments = segmentsOf(key, 'key');
  if (segments.length === 0) throw refused('key', 'Storage key must not be empty');
  return segments.join('/');
}

/** A prefix as the SDK's own storages normalize it; it may be empty. */
export function normalizedPrefix(prefix: string): string {
  const segments = segmentsOf(prefix, 'prefix');
  return segments.join('/') + (segments.length > 0 && prefix.endsWith('/') ? '/' : '');
}

export function requireText(path: unknown, name: 'key' | 'prefix'): asserts path is string {
  if (typeof path !== 'string')
    throw refused(name, `Storage ${name} must be a string, got ${described(path)}`);
}

function segmentsOf(path: string, name: 'key' | 'prefix'): string[] {
  requireText(path, name);
  if (path.includes('\\')) {
    throw refused(name, `Invalid storage ${name} '${path}': backslashes are not allowed`);
  }
  const segments = path.split('/').filter(Boolean);
  if (segments.includes('..')) {
    throw refused(name, `Invalid storage ${name} '${path}': '..' path segments are not allowed`);
  }
  return segments;
}

const refused = (path: string, problem: string) =>
  new StorageError(problem, { cause: invalid(path, problem) });
