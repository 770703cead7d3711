import { IDBFactory } from 'fake-indexeddb';
import { beforeEach } from 'vitest';
import { makeKey } from '../encryption/keys.js';
import { describeStructure } from './structure.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describeStructure('plain', () => ({}));

const encryption = { key: await makeKey() };
describeStructure('encrypted', () => ({ encryption }));
