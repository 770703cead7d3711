import { invalid } from './argument.js';

/** Copies a value as the database will, or says which part of it cannot be stored. */
export function cloned<T>(value: T, ...prefix: string[]): T {
  try {
    return structuredClone(value);
  } catch (cause) {
    throw invalid(
      [...prefix, ...uncloneablePath(value, new Set())].join('.'),
      'cannot be stored. Leave out functions, symbols and DOM nodes',
      cause,
    );
  }
}

function uncloneablePath(value: unknown, seen: Set<unknown>): string[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  for (const [key, part] of value instanceof Map ? value : Object.entries(value)) {
    try {
      structuredClone(part);
    } catch {
      return [String(key), ...uncloneablePath(part, seen)];
    }
  }
  return [];
}
