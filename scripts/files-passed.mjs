// `node scripts/files-passed.mjs`, after a build: through how many of dist's files one warm call of each kind passes.
import 'fake-indexeddb/auto';
import { Session } from 'node:inspector/promises';
import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = pathToFileURL(`${process.cwd()}/dist/`).href;
const { IndexedDBSessionStore } = await import(`${dist}index.js`);
const inspector = new Session();
inspector.connect();
await inspector.post('Profiler.enable');

/** @param {() => Promise<unknown>} action */
async function filesOf(action) {
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await inspector.post('Profiler.takePreciseCoverage');
  await action();
  const { result } = await inspector.post('Profiler.takePreciseCoverage');
  await inspector.post('Profiler.stopPreciseCoverage');
  const called = result.filter(
    ({ url, functions }) =>
      url.startsWith(dist) &&
      functions.some(({ functionName, ranges }) => functionName && ranges.some(({ count }) => count > 0)),
  );
  return called.map(({ url }) => url.slice(dist.length)).toSorted();
}

const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
const sessionId = 's';
/** @type {object[]} */
const messages = [];
/** @type {string | undefined} */
let parentId;

/** @param {InstanceType<typeof IndexedDBSessionStore>} store */
async function save(store) {
  messages.push({ role: 'user', content: [{ text: `${messages.length}` }] });
  const snapshot = {
    sessionId,
    parentId,
    createdAt: new Date().toISOString(),
    state: { messages: [...messages] },
  };
  parentId = await store.saveSnapshot(undefined, () => snapshot);
}

/** @param {string} name @param {object} options */
async function measure(name, options) {
  parentId = undefined;
  messages.length = 0;
  const store = new IndexedDBSessionStore({ name, ...options });
  for (let turn = 0; turn < 5; turn++) await save(store);
  const snapshotId = /** @type {string | undefined} */ (parentId);
  const calls = {
    'a save': () => save(store),
    'a cached getSnapshot': () => store.getSnapshot({ snapshotId }),
    'an export': () => store.exportSessions().pipeTo(new WritableStream()),
  };
  for (const [call, action] of Object.entries(calls)) {
    await action();
    const files = await filesOf(action);
    const folders = new Set(files.map((file) => posix.dirname(file)));
    console.log(`${name}: ${call} passes ${files.length} files in ${folders.size} folders`);
    if (process.argv.includes('--list')) for (const file of files) console.log(`  ${file}`);
  }
  await store.close();
}

await measure('plain', {});
await measure('encrypted', { encryption: { key } });
