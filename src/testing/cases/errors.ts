import { assert, rejection } from '../assertions.js';
import { latest, save, turn } from '../sample-snapshots.js';
import type { SessionStoreCase } from '../session-store-case.js';

/** Genkit's status names. */
const STATUSES = new Set([
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

async function assertHasStatus(action: () => Promise<unknown>, what: string): Promise<void> {
  const error = (await rejection(action, what)) as { message?: unknown; stack?: unknown; status?: unknown };
  assert(
    typeof error.message === 'string' && error.message.length > 10,
    `${what}: the error says too little`,
  );
  assert(typeof error.stack === 'string', `${what}: the error has no stack`);
  assert(STATUSES.has(error.status as string), `${what}: ${String(error.status)} is no status of Genkit's`);
}

export const errors: readonly SessionStoreCase[] = [
  {
    title: 'Errors: those of reading have a status of Genkit’s and say what is wrong',
    async run({ store }) {
      await assertHasStatus(() => store.getSnapshot({}), 'no id');
      await save(store, 'a', turn(1, { parentId: 'b' }));
      await save(store, 'b', turn(2, { parentId: 'a' }));
      await assertHasStatus(() => latest(store), 'a cycle');
    },
  },
  {
    title: 'Errors: those of saving have a status of Genkit’s and say what is wrong',
    needs: ['mutator-result-checked', 'uncloneable-path-named', 'session-change-refused'],
    async run({ store }) {
      await save(store, 'a', turn(1));
      await assertHasStatus(() => save(store, 'a', undefined), 'undefined returned');
      await assertHasStatus(() => save(store, 'a', turn(1, { state: { custom: () => 0 } })), 'a function');
      await assertHasStatus(() => save(store, 'a', turn(1, { sessionId: 'other' })), 'another session');
    },
  },
];
