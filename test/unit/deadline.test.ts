import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { within } from '../../src/runtime/timeout.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3_600_000;
const late = () => new Error('too late');

/** Work that is done when it is told to be, and what has become of waiting 1,000 ms for it. */
function begin() {
  let finish!: (result: string) => void;
  let fail!: (error: Error) => void;
  const work = new Promise<string>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  const outcome = { is: 'waiting' };
  const waiting = within(work, 1_000, late);
  waiting.then(
    (result) => (outcome.is = result),
    (error: Error) => (outcome.is = error.message),
  );
  return { finish, fail, waiting, outcome };
}

/** A computer that sleeps stops its timers; one that is due when it wakes up is late, and fires once. */
async function sleep(): Promise<void> {
  vi.setSystemTime(Date.now() + HOUR);
  await vi.advanceTimersToNextTimerAsync();
}

test('work that takes too long is given up at the limit, and not before', async () => {
  const { outcome } = begin();
  await vi.advanceTimersByTimeAsync(999);
  expect(outcome.is).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1);
  expect(outcome.is).toBe('too late');
  expect(vi.getTimerCount()).toBe(0);
});

describe('work that ends in time', () => {
  test('gives its result, and nothing is left that waits', async () => {
    const { finish, waiting } = begin();
    await vi.advanceTimersByTimeAsync(999);
    finish('done');
    expect(await waiting).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('gives its error, and nothing is left that waits', async () => {
    const { fail, waiting } = begin();
    fail(new Error('mine'));
    await expect(waiting).rejects.toThrow('mine');
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a computer that slept for an hour has not waited for an hour', async () => {
  const { finish, waiting, outcome } = begin();
  await sleep();
  expect(outcome.is).toBe('waiting');
  finish('done');
  expect(await waiting).toBe('done');
});

test('after a sleep, work that takes too long is given up all the same', async () => {
  const { outcome } = begin();
  await sleep();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(outcome.is).toBe('too late');
});

test('work that makes progress is not given up, and work that stops making any is', async () => {
  let progress!: () => void;
  const outcome = { is: 'waiting' };
  within(new Promise(() => {}), 1_000, late, (made) => (progress = made)).catch(
    () => (outcome.is = 'too late'),
  );
  for (let n = 0; n < 10; n++) {
    await vi.advanceTimersByTimeAsync(1_000 * 0.9);
    progress();
  }
  expect(outcome.is).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(outcome.is).toBe('too late');
});

test('progress after the end leaves nothing behind', async () => {
  let progress!: () => void;
  expect(await within(Promise.resolve('done'), 1_000, late, (made) => (progress = made))).toBe('done');
  progress();
  expect(vi.getTimerCount()).toBe(0);
});
