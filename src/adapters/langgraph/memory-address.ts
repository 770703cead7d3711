import { validateNamespace } from '@langchain/langgraph-checkpoint';
import { requireValid } from '../../values/arguments.js';
import { jsonOf } from '../../platform/json.js';
import { list, string } from '../../values/schema.js';

const PREFIX = 'memory:';

/** The session of a namespace. JSON, because labels may contain any separator of ours. */
export const memorySessionId = (namespace: readonly string[]): string => `${PREFIX}${jsonOf(namespace)}`;

/** The snapshot of an item; no checkpoint has an array inside its id. */
export const memorySnapshotId = (namespace: readonly string[], key: string): string =>
  jsonOf([PREFIX, namespace, key]);

/** The namespace that a session holds the items of; `undefined` for a session of anything else. */
export function namespaceOf(sessionId: string): string[] | undefined {
  if (!sessionId.startsWith(PREFIX)) return undefined;
  try {
    const namespace: unknown = JSON.parse(sessionId.slice(PREFIX.length));
    return Array.isArray(namespace) && namespace.every((label) => typeof label === 'string')
      ? namespace
      : undefined;
  } catch {
    // Somebody's thread is called like this.
    return undefined;
  }
}

/** Throws the framework's own error for a namespace that is none. */
export function requireMemoryAddress(namespace: string[], key: string, path: string): void {
  requireValid(list, namespace, `${path}.namespace`);
  validateNamespace(namespace, { allowReservedRoot: true });
  requireValid(string, key, `${path}.key`);
}
