import { IDBFactory } from 'fake-indexeddb';
import { beforeEach } from 'vitest';
import { describeNothingHalfWritten } from './nothing-half-written.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describeNothingHalfWritten();
