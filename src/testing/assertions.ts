import { kindOf } from '../platform/kind.js';
import { startOf } from '../values/schema.js';
import { equal } from './equal.js';

function show(value: unknown): string {
  const seen = new Set<object>();
  const text =
    JSON.stringify(value, (_key, part: unknown) => {
      if (part === undefined) return '(undefined)';
      if (typeof part === 'function' || typeof part === 'symbol' || typeof part === 'bigint')
        return String(part);
      const kind = kindOf(part);
      if (kind === 'Map' || kind === 'Set') return { [kind]: [...(part as Map<unknown, unknown>)] };
      if (isError(part)) return `${part.name}: ${part.message}`;
      if (typeof part === 'object' && part !== null) {
        if (seen.has(part)) return '(seen above)';
        seen.add(part);
      }
      return part;
    }) ?? String(value);
  return text.length > 400 ? `${startOf(text, 400)}…` : text;
}

const isError = (value: unknown): value is Error => kindOf(value) === 'Error';

function isContainer(value: unknown): value is Record<string, unknown> {
  return Array.isArray(value) || (typeof value === 'object' && value !== null && kindOf(value) === 'Object');
}

/** Snapshots are large, so a failed comparison names the first difference instead of printing both. */
function firstDifference(actual: unknown, expected: unknown, path: string): string {
  if (isContainer(actual) && isContainer(expected) && Array.isArray(actual) === Array.isArray(expected)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const at = path === '' ? key : `${path}.${key}`;
      if (!Object.hasOwn(actual, key)) return `${at} is missing, expected ${show(expected[key])}`;
      if (!Object.hasOwn(expected, key)) return `${at} should not be there, got ${show(actual[key])}`;
      if (!equal(actual[key], expected[key])) return firstDifference(actual[key], expected[key], at);
    }
  }
  return `${path === '' ? '' : `at ${path} `}expected ${show(expected)}, got ${show(actual)}`;
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Deep and strict: a key whose value is `undefined` differs from a missing key. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (!equal(actual, expected)) throw new Error(`${what}: ${firstDifference(actual, expected, '')}`);
}

/** The error that `action` rejects with. Fails if it does not reject. */
export async function rejection(action: () => Promise<unknown>, what: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await action();
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: expected it to reject, got ${show(value)}`);
}

/** Asserts that `action` rejects with an error of this status whose message contains `mentions`. */
export async function assertRejects(
  action: () => Promise<unknown>,
  status: string,
  what: string,
  mentions = '',
): Promise<void> {
  const error = (await rejection(action, what)) as { status?: unknown; message?: unknown } | undefined;
  // Not `instanceof`: some runners use a realm of their own, where the store's Error is another class.
  assert(typeof error?.message === 'string', `${what}: expected an Error, got ${show(error)}`);
  assertEqual(error.status, status, `${what}: status of the error "${error.message}"`);
  assert(
    error.message.includes(mentions),
    `${what}: expected the message to mention "${mentions}", got "${error.message}"`,
  );
}

const POLL_MS = 5;

export async function eventually(condition: () => boolean, what: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
