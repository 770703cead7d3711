import { expect } from 'vitest';
import { SessionStoreError, type StatusName } from '../../src/index.js';

/** What an action fails with, whether it throws or rejects. */
export async function failureOf(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error('expected it to fail, and it did not');
}

/** The action fails with the store's own error, of this status and, if one is given, about this value. */
export async function expectRefusal(
  action: () => unknown,
  status: StatusName,
  path?: string,
): Promise<SessionStoreError> {
  const error = await failureOf(action);
  expect(error).toBeInstanceOf(SessionStoreError);
  const refusal = error as SessionStoreError;
  expect(refusal.status, refusal.message).toBe(status);
  if (path !== undefined) expect(refusal.path, refusal.message).toBe(path);
  expect(refusal.message).toMatch(/^[A-Z_]+: ./);
  return refusal;
}
