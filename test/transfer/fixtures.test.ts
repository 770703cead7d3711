import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { IndexedDBSessionStore, Message } from '../../src/index.js';
import { dumpDatabase, putBack, settled, withRaw } from '../database/raw-database.js';
import { freshName, openStore } from '../stores/open-store.js';

// Each format that has landed, as a database and as an export. `FIXTURES=<name> npx vitest run --project node
// test/transfer/fixtures` adds the present one.

const folder = new URL('../fixtures/', import.meta.url);
const user = (text: string): Message => ({ role: 'user', content: [{ text }] });
const model = (text: string): Message => ({
  role: 'model',
  content: [{ text: `${text} ${'x'.repeat(300)}` }],
});
const image: Message = {
  role: 'user',
  content: [{ media: { url: `data:image/png;base64,${'A'.repeat(9000)}` } }],
};

async function make(store: IndexedDBSessionStore<any>): Promise<void> {
  const chat = store.session('trip');
  const question = await chat.append([user('Where to in May?'), image], {
    title: 'A trip',
    custom: { city: 'Łódź' },
    metadata: { folder: 'travel' },
  });
  const turn = await chat.startTurn({ after: question });
  await turn.complete(model('To Lisbon.'), { usage: { model: 'm', outputTokens: 3 } });
  await chat.append(model('To Oslo.'), { after: question });
  await chat.append(user('How?'));
  await chat.select(turn.snapshotId);
  await store.saveSnapshot('loose', () => ({
    createdAt: '2026-11-30T00:00:00Z',
    state: { custom: { n: 1 } },
  }));
}

/** The version of a database and its object stores, so that the database can be made as it was. */
interface Structure {
  version: number;
  stores: {
    name: string;
    keyPath: string | string[] | null;
    autoIncrement: boolean;
    indexes: { name: string; keyPath: string | string[]; multiEntry: boolean }[];
  }[];
}

const structureOf = (name: string): Promise<Structure> =>
  withRaw(name, (transaction) => ({
    version: transaction.db.version,
    stores: [...transaction.objectStoreNames].map((name) => {
      const store = transaction.objectStore(name);
      const { keyPath, autoIncrement } = store;
      const indexes = [...store.indexNames].map((name) => {
        const { keyPath, multiEntry } = store.index(name);
        return { name, keyPath, multiEntry };
      });
      return { name, keyPath, autoIncrement, indexes };
    }),
  }));

async function makeRaw(name: string, { version, stores }: Structure): Promise<void> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    for (const { name, keyPath, autoIncrement, indexes } of stores) {
      const store = request.result.createObjectStore(name, { keyPath, autoIncrement });
      for (const { name, keyPath, multiEntry } of indexes) store.createIndex(name, keyPath, { multiEntry });
    }
  };
  (await settled(request)).close();
}

async function expectWhole(store: IndexedDBSessionStore<any>): Promise<void> {
  expect((await store.check()).problems).toEqual([]);
  expect(await store.getSession('trip')).toMatchObject({
    title: 'A trip',
    metadata: { folder: 'travel' },
    snapshotCount: 4,
  });
  const { sessions } = await store.listSessions({ where: { folder: 'travel' } });
  expect(sessions).toEqual([await store.getSession('trip')]);
  expect((await store.listSessions({ where: { folder: 'work' } })).sessions).toEqual([]);
  const { leaves, headId } = await store.getTree('trip');
  expect(leaves).toHaveLength(2);
  const texts = await Promise.all(
    leaves.map(async (at) => {
      const messages = await store.session('trip').messages({ at });
      return messages.map(({ content }) => content[0]?.text?.slice(0, 10) ?? content[0]?.media?.url.length);
    }),
  );
  expect(texts).toContainEqual(['Where to i', 9022, 'To Lisbon.']);
  expect(texts).toContainEqual(['Where to i', 9022, 'To Oslo. x', 'How?']);
  const head = await store.getSnapshot({ snapshotId: headId! });
  expect(head).toMatchObject({ usage: { outputTokens: 3 }, state: { custom: { city: 'Łódź' } } });
  await store.session('trip').append(user('and then?'));
  expect((await store.check()).problems).toEqual([]);
}

if (process.env['FIXTURES'])
  test('the present format is added', async () => {
    const name = freshName();
    const store = openStore({ name, indexed: ['folder'] });
    await make(store);
    const exported = await new Response(
      store.exportSessions() as ReadableStream<Uint8Array<ArrayBuffer>>,
    ).text();
    await store.close();
    const at = new URL(`${process.env['FIXTURES']}/`, folder);
    mkdirSync(at, { recursive: true });
    writeFileSync(new URL('database.json', at), JSON.stringify(await dumpDatabase(name)));
    writeFileSync(new URL('structure.json', at), JSON.stringify(await structureOf(name)));
    writeFileSync(new URL('export.jsonl', at), exported);
  });

const formats = readdirSync(folder);

test.each(formats)('a database of %s opens, and goes on', async (format) => {
  const dump = readFileSync(new URL(`${format}/database.json`, folder), 'utf8');
  const name = freshName();
  await makeRaw(
    name,
    JSON.parse(readFileSync(new URL(`${format}/structure.json`, folder), 'utf8')) as Structure,
  );
  await putBack(name, JSON.parse(dump) as Awaited<ReturnType<typeof dumpDatabase>> & object);
  await expectWhole(openStore({ name, indexed: ['folder'] }));
});

test.each(formats)('an export of %s is imported, whole', async (format) => {
  const file = readFileSync(new URL(`${format}/export.jsonl`, folder));
  const store = openStore({ indexed: ['folder'] });
  const report = await store.importSessions(new Blob([file]));
  expect(report.sessions.map(({ outcome }) => outcome)).not.toContain('failed');
  expect((await store.getSnapshot({ snapshotId: 'loose' }))?.state).toEqual({ custom: { n: 1 } });
  await expectWhole(store);
});
