import { describe, it } from 'vitest';
import { describeSessionStore } from '../../src/testing/index.js';
import { indexedDBStore, PATIENT } from './indexeddb-factory.js';

describeSessionStore('IndexedDBSessionStore', indexedDBStore, { describe, it, ...PATIENT });
