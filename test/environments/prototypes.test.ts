import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Everything that a store does, in a Node of its own: what is done to prototypes is done to everybody. */
const everything = (hardening: string) => `
  import 'fake-indexeddb/auto';
  import { inspect } from 'node:util';
  import { IndexedDBSessionStore, SessionStoreError } from 'offshoot';
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  ${hardening}
  const custom = { list: [{ x: 1 }], big: 'z'.repeat(5000), part: { deep: { deeper: 1 } }, when: new Date(1) };
  for (const name of ['toString', 'constructor', 'valueOf', 'hasOwnProperty', 'extra', 'key', 'status']) {
    Object.defineProperty(custom, name, { __proto__: null, value: { of: [name] }, enumerable: true });
  }
  const messages = [{ role: 'user', content: [{ text: 'x' }] }];
  const turn = (sessionId, more) => ({ sessionId, createdAt: '2026-01-01T00:00:00Z', state: { messages, custom, ...more } });
  const seen = [];
  /** Only what is an object's own counts. JSON would ask for \`toJSON\`. */
  const see = (what) => seen.push(inspect(what, { depth: 9, breakLength: Infinity }));
  for (const encryption of [undefined, { key }]) {
    const name = encryption ? 'encrypted' : 'plain';
    const store = new IndexedDBSessionStore({ name, encryption });
    await store.saveSnapshot('a', () => turn('s'));
    await store.saveSnapshot('b', () => ({ ...turn('s'), parentId: 'a' }));
    // Neither a tree, nor literals alone.
    const cause = Object.assign(new Error('outer'), { cause: { inner: 1 } });
    await store.saveSnapshot('c', () => turn('odd', { custom: { custom, again: [custom, custom], map: new Map([[1, { toString: 1 }]]), cause } }));
    const session = await store.updateSession('s', { title: 't', metadata: { toString: [1] } });
    see([session.title, session.metadata]);
    const file = await new Response(store.exportSessions()).blob();
    const other = new IndexedDBSessionStore({ name: name + '-imported', encryption });
    see((await other.importSessions(file.stream())).totals);
    for (const each of [store, new IndexedDBSessionStore({ name, encryption }), other]) {
      see((await each.getSnapshot({ snapshotId: 'b' })).state);
      const { state } = await each.getSnapshot({ snapshotId: 'c' });
      see([state.custom.again, [...state.custom.map], state.custom.cause.cause]);
      see((await each.check({ repair: true })).problems);
      await each.compact();
      see([(await each.listSessions()).sessions.length, (await each.storage()).snapshots]);
    }
    const { cursor } = await store.listSnapshots({ sessionId: 's', limit: 1 });
    see((await store.listSnapshots({ sessionId: 's', limit: 1, cursor })).snapshots[0].snapshotId);
    see((await other.retain({ maxSessions: 1 })).snapshots);
    see(await store.selectBranch('nope').catch((error) => error instanceof SessionStoreError && error.status + error.name));
    see(await store.saveSnapshot('d', () => turn(1)).catch((error) => error.path));
    const chat = store.session('chat');
    await chat.append(messages, { title: 'chat' });
    const live = await chat.startTurn({ messages });
    live.update(messages);
    see(await live.complete(undefined, { finishReason: 'length' }));
    see(await (await chat.startTurn()).fail(new Error('no')));
    see(await store.saveSnapshots([{ mutator: () => null }, { snapshotId: 'e', mutator: () => turn('chat') }]));
    const copy = await chat.duplicate();
    see([await copy.messages(), (await copy.branches()).messages.length, await copy.abort()]);
    see((await store.getSnapshotInfo(live.snapshotId)).summary);
    await store.close();
  }
  console.log(seen.join('\\n'));
  process.exit();
`;

async function outcome(hardening: string, ...flags: string[]): Promise<string> {
  const args = [...flags, '--input-type=module', '--eval', everything(hardening)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return stdout;
}

const freeze = (...names: string[]) => names.map((name) => `Object.freeze(${name}.prototype);`).join('');

/** Names that we, the stand-in for IndexedDB, or streams look for on objects. */
const looked =
  'extra key size fields title type durability metadata cipher unique multiEntry keyPath autoIncrement entries text mode at name label own parts namespace encryption retention cursor order after artifacts saveEveryMs usage upTo preview hidden where undoable requireParent extension extras drafted refused';

test.each([
  [
    'all objects have what is looked for by name',
    `for (const name of '${looked}'.split(' ')) Object.prototype[name] = { a: 1 };`,
  ],
  ['a function is on Object.prototype', 'Object.prototype.extra = function () {};'],
  ['an object is on Object.prototype', 'Object.prototype.extra = { a: 1 };'],
  [
    'old frameworks have extended arrays',
    'Array.prototype.remove = function () {}; Array.prototype.first = { a: 1 };',
  ],
  [
    'old frameworks have given arrays a JSON of their own',
    'Array.prototype.toJSON = function () { return "[" + this.join() + "]"; };',
  ],
  [
    'old frameworks have given arrays other entries, keys and values, and more of their own',
    `Array.prototype.entries = Array.prototype.keys = function () { return [...this]; };
     Array.prototype.toArray = Array.prototype.clone = function () { return [...this]; };`,
  ],
  ['all objects have a JSON of their own', 'Object.prototype.toJSON = function () { return "{}"; };'],
  ['errors are frozen', freeze('Error')],
  [
    'everything is frozen',
    freeze('Object', 'Array', 'Function', 'Error', 'Map', 'Set', 'Promise', 'Date', 'ArrayBuffer'),
  ],
])('Everything is as usual where %s', async (_, hardening) => {
  const [usual, here] = await Promise.all([outcome(''), outcome(hardening)]);
  expect(here).toEqual(usual);
  expect(usual).toContain('imported: 2');
  expect(usual).toContain('NOT_FOUNDSessionStoreError');
});
