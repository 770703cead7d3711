import { SessionStoreError } from '../errors.js';
import { nonBlank, problemWith, type Schema } from './schema.js';

export function invalid(path: string, problem: string, cause?: unknown): SessionStoreError {
  return new SessionStoreError(
    'INVALID_ARGUMENT',
    path ? `${path}: ${problem}` : problem,
    path || undefined,
    cause,
  );
}

/** Throws `INVALID_ARGUMENT` with the path of the first offending value, which starts with `path`. */
export function requireValid(schema: Schema, value: unknown, path?: string): void {
  const problem = problemWith(schema, value);
  if (problem)
    throw invalid([...(path ? [path] : []), ...problem.path.map(String)].join('.'), problem.message);
}

export function requireId(id: unknown, path: string): asserts id is string {
  requireValid(nonBlank, id, path);
}
