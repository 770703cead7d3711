import type { StandardSchemaV1 } from '@standard-schema/spec';
import { SessionStoreError } from '../errors.js';
import { nonBlank, type Schema } from './schema.js';

export function invalid(path: string, problem: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError(
    'INVALID_ARGUMENT',
    path ? `${path}: ${problem}` : problem,
    path || undefined,
    cause,
  );
}

/** Throws `INVALID_ARGUMENT` with the path of an issue, which starts with `prefix`. */
export function requireNone(issue: StandardSchemaV1.Issue | undefined, ...prefix: string[]): void {
  if (!issue) return;
  const keys = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw invalid([...prefix, ...keys].join('.'), issue.message);
}

/** Throws `INVALID_ARGUMENT` with the path of the first offending value, which starts with `prefix`. */
export function requireValid(schema: Schema, value: unknown, ...prefix: string[]): void {
  requireNone(schema(value), ...prefix);
}

export function requireId(id: unknown, path: string): asserts id is string {
  requireValid(nonBlank, id, path);
}
