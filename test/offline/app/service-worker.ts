import * as core from 'offshoot';
import { OffshootSessionStore } from 'offshoot/agentick';
import 'offshoot/all';
import { deriveKey } from 'offshoot/encryption';
import { answerWith } from './ask.js';
import { everything } from './everything.js';

// Other files of an app, and adapters, import from `offshoot`: what they get has everything, too.
answerWith(async (name, isEncrypted) => {
  const store = new core.IndexedDBSessionStore({ name: `${name} of an adapter` });
  const sessions = new OffshootSessionStore(store);
  const rest = { version: '1.0', sessionId: 'trip', tick: 1, comState: {}, dataCache: {}, timestamp: 0 };
  await sessions.save('trip', { ...rest, timeline: ['Where to?'] });
  const { timeline } = (await sessions.load('trip'))!;
  const adapter = { timeline, problems: (await store.check()).problems };
  await store.close();
  return {
    'an adapter': adapter,
    ...(await everything({ ...core, deriveKey }, name, isEncrypted)),
  };
});
