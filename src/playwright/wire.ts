import { DevalueError, parse, stringify } from 'devalue';
import { SessionStoreError, type StatusName } from '../index.js';

/**
 * Encodes a value as text, since Playwright carries less than the store does: it turns a Map into `{}`. Fails with
 * `status` for a value that text cannot hold, such as a Blob.
 */
export function encode(value: unknown, status: StatusName): string {
  try {
    return stringify(value, {
      SessionStoreError: (value) =>
        value instanceof Error &&
        value instanceof SessionStoreError &&
        Object.assign({ message: value.message, cause: value.cause }, value),
      Error: (value) => value instanceof Error && { name: value.name, message: value.message },
    });
  } catch (error) {
    if (!(error instanceof DevalueError)) {
      throw new SessionStoreError(
        status,
        'cannot be read to be sent between the test and the page; see cause',
        undefined,
        error,
      );
    }
    const path = error.path.replaceAll(/\[(\d+)\]/g, '.$1').replace(/^\.(args\.\d+|value)\.?/, '');
    const problem = `${path}: cannot be sent between the test and the page. ${error.message}`;
    throw new SessionStoreError(status, problem, path);
  }
}

export function decode<T>(text: string): T {
  return parse(text, {
    SessionStoreError: ({ status, message, path, cause, name: _name, ...others }: SessionStoreError) => {
      const problem = message.slice(`${status}: `.length);
      return Object.assign(new SessionStoreError(status, problem, path, cause), others);
    },
    Error: (parts: Error) => Object.assign(new Error(parts.message), parts),
  }) as T;
}
