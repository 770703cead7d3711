import { IndexedDBSessionStore } from 'offshoot';
import { deriveKey } from 'offshoot/encryption';
import { answerWith } from './ask.js';
import { everything } from './everything.js';

answerWith((name, isEncrypted) => everything({ IndexedDBSessionStore, deriveKey }, name, isEncrypted));
