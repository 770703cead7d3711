import { OffshootStorage } from 'offshoot/strands';
import * as core from 'offshoot';
import * as all from 'offshoot/all';
import { deriveKey } from 'offshoot/encryption';
import { answerWith } from './ask.js';
import { everything } from './everything.js';

// Other files of an app, and adapters, import from `offshoot`: what they get has everything, too.
answerWith(async (name, isEncrypted) => {
  const store = new core.IndexedDBSessionStore({ name: `${name} of an adapter` });
  const storage = new OffshootStorage(store);
  await storage.write('notes', new Uint8Array([1, 2, 3]));
  const adapter = { read: [...(await storage.read('notes'))!], problems: (await store.check()).problems };
  await store.close();
  return {
    'the same class': all.IndexedDBSessionStore === core.IndexedDBSessionStore,
    'an adapter': adapter,
    ...(await everything({ ...core, deriveKey }, name, isEncrypted)),
  };
});
