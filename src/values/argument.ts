import { SessionStoreError } from '../errors.js';
import { nonBlank, type Issue, type Schema } from './schema.js';

export function invalid(path: string, problem: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError(
    'INVALID_ARGUMENT',
    path ? `${path}: ${problem}` : problem,
    path || undefined,
    cause,
  );
}

/** Throws `INVALID_ARGUMENT` with the path of an issue, which starts with `prefix`. */
export function requireNone(issue: Issue | undefined, ...prefix: string[]): void {
  if (!issue) return;
  const keys = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw invalid([...prefix, ...keys].join('.'), issue.message, issue.cause);
}

/** Throws `INVALID_ARGUMENT` with the path of the first offending value, which starts with `prefix`. */
export function requireValid(schema: Schema, value: unknown, ...prefix: string[]): void {
  requireNone(schema(value), ...prefix);
}

export function requireId(id: unknown, path: string): asserts id is string {
  requireValid(nonBlank, id, path);
}

/** Whether it is a promise where a plain value was expected. Its rejection is handled, since nobody will await it. */
export function isUnexpectedPromise(value: unknown): value is PromiseLike<unknown> {
  const isPromise = typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
  if (isPromise) Promise.resolve(value).catch(() => {});
  return isPromise;
}
