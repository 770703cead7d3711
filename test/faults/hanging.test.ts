import { IDBFactory } from 'fake-indexeddb';
import { beforeEach } from 'vitest';
import { describeHanging } from './hanging.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describeHanging();
