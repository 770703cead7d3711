import { describe, it } from 'vitest';
import { describeSessionStore } from '../../src/testing/index.js';
import { encryptedStore } from './encrypted-factory.js';

describeSessionStore('IndexedDBSessionStore, encrypted', await encryptedStore(), { describe, it });
