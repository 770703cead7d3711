import { describe, it } from 'vitest';
import { describeSessionStore } from '../../src/testing/index.js';
import { PATIENT } from '../conformance/indexeddb-factory.js';
import { encryptedStore } from './encrypted-factory.js';

describeSessionStore('IndexedDBSessionStore, encrypted', await encryptedStore(), {
  describe,
  it,
  ...PATIENT,
});
