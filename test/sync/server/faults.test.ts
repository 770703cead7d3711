import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  databaseOf,
  type Database,
  type Parameter,
  type Row,
  type Session,
} from '../../../src/server/database/driver.js';
import { AUTHORIZE_AGAIN_MS } from '../../../src/server/wait/stream.js';
import { deleteTenant, exportTenant, migrate, type SyncDatabase } from '../../../src/server/index.js';
import { begin, Device, handlerOver, newTenant, sessionLine, snapshotLine } from './device.js';
import { openPGlite, type Engine } from './engines.js';

let engine: Engine;
let database: Database;
beforeAll(async () => {
  engine = await openPGlite();
  database = databaseOf(engine.database);
}, 120_000);
afterAll(() => engine.close());

/** The database, with something in between. */
function through(between: (text: string, run: () => Promise<Row[]>) => Promise<Row[]>): SyncDatabase {
  const around = (session: Session) => ({
    query: (text: string, parameters: Parameter[]) =>
      between(text, async () => session.query(text, parameters)),
  });
  return {
    ...around(database),
    transaction: (work) => database.transaction(async (session) => work(around(session)) as Promise<unknown>),
  };
}

const fault = (code: string) =>
  Object.assign(new Error('the words of the database, with "content"'), { code });

describe('storms', () => {
  test('what conflicts is done again', async () => {
    let [count, worst, left] = [0, Number.POSITIVE_INFINITY, 0];
    const stormy = through(async (_, run) => {
      if (++count === worst) left = 9;
      if (left === 0) return run();
      left -= 1;
      throw fault(left % 2 === 0 ? '40001' : '40P01');
    });
    const one = new Device(handlerOver(stormy));
    await begin(one);
    const statements = count;
    // Nine times in a row, from each statement of a push on.
    for (let at = 1; at <= statements; at++) {
      worst = count + at;
      for (const result of (await begin(one)).results) expect(result).not.toHaveProperty('refused');
    }
    worst = Number.POSITIVE_INFINITY;
    expect((await one.changes()).sessions).toHaveLength(statements + 1);
    left = Number.MAX_SAFE_INTEGER;
    expect((await one.send('/changes')).status).toBe(503);
  });

  test('a commit whose answer is lost is found when the push comes again', async () => {
    let isLost = true;
    const flaky = through(async (text, run) => {
      const rows = await run();
      if (isLost && text.includes('offshoot_pushes (') && text.includes('counter')) {
        isLost = false;
        throw fault('08006');
      }
      return rows;
    });
    const one = new Device(handlerOver(flaky));
    await one.changes();
    const line = sessionLine('incarnation');
    await expect(one.push([line])).rejects.toMatchObject({ code: 503 });
    expect(await one.push([line])).toEqual([{ line: 1, seq: 1 }]);
  });

  test('a fault of the database is no word in an answer or a log', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    let isBroken = false;
    const broken = through(async (_, run) => {
      if (isBroken) throw fault('42P01');
      return run();
    });
    const one = new Device(handlerOver(broken));
    await begin(one);
    isBroken = true;
    const response = await one.send('/changes');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('content');
    const said = JSON.stringify(log.mock.calls);
    expect(said).toContain('migrate(database)');
    expect(said).not.toContain('content');
    log.mockRestore();
  });
});

describe('statements', () => {
  /** What every engine with the wire protocol of Postgres has. */
  const WORDS = new Set(
    `select insert update delete into from where and or not null is in as on by set values with using join left order group
     limit desc returning conflict do nothing excluded exists case when then else end union all over count sum max length substr
     for true`
      .trim()
      .split(/\s+/),
  );
  const COLUMNS =
    `id tenant seq token generation horizon bytes swept_ms incarnation session format created_ms updated_ms
    latest_ms snapshots fields digest parent arrived_ms saw status beat_ms spans body media log at snapshot at_ms replica push part
    stored_ms data place text bigint bytea version`
      .trim()
      .split(/\s+/);
  const NAMES =
    `t s e p u m v x c tenant known top total size kind name deleted lower upper done made counter parts`.split(
      ' ',
    );

  test('use only what every engine has, and only places for what came from outside', async () => {
    const texts = new Set<string>();
    const listening = through(async (text, run) => {
      texts.add(text);
      return run();
    });
    const handler = handlerOver(listening);
    const one = new Device(handler);
    const { incarnation, id, spans } = await begin(one);
    await one.send('/media/medium/0', { method: 'PUT', body: new Uint8Array(3) });
    await one.send('/media/medium/0');
    await one.push([snapshotLine(incarnation, 'm', { body: { media: [['medium', 1, 3]] }, spans })], {
      push: 1,
    });
    await Promise.all([
      begin(one),
      begin(new Device(handler, one.tenant)),
      begin(new Device(handler, one.tenant)),
    ]);
    await database.query('UPDATE offshoot_tenants SET swept_ms = 0 WHERE id = $1', [one.tenant]);
    await one.push([
      { op: 'delete-snapshot', incarnation, id: 'm' },
      { op: 'delete-snapshot', incarnation, id },
    ]);
    await one.changes('?order=newest');
    await one.session(incarnation, 0, '&replica=other');
    const { cursor, generation } = await one.changes();
    await one.changes(`?since=${cursor!.split(':')[0]}:${generation}.unknown`);
    await one.push([{ op: 'delete-session', incarnation }]);
    await one.send(`/sessions/${incarnation}`);
    for await (const line of exportTenant(listening, one.tenant)) expect(line).toContain('"table"');
    await deleteTenant(listening, one.tenant);

    expect(texts.size).toBeGreaterThan(25);
    const allowed = new Set([...WORDS, ...COLUMNS, ...NAMES]);
    for (const text of texts) {
      const literals = [...text.matchAll(/'([^']*)'/g)].map(([, literal]) => literal);
      for (const literal of literals)
        expect(['', '{}', 'entry', 'snapshot', 'deleted', ':']).toContain(literal);
      const words =
        text
          .replaceAll(/'[^']*'/g, '')
          .toLowerCase()
          .match(/[a-z_]+\w*/g) ?? [];
      for (const word of words) {
        const isKnown = allowed.has(word) || /^offshoot_[a-z_]+$/.test(word) || /^change_\d+$/.test(word);
        expect(isKnown, `${word} in ${text}`).toBe(true);
      }
    }
  });

  test('migrations are statements of one object each, and may run again, at once, anywhere', async () => {
    const texts: string[] = [];
    const listening = through(async (text, run) => {
      texts.push(text);
      return run();
    });
    await Promise.all([migrate(listening), migrate(listening)]);
    expect(texts.filter((text) => text.startsWith('CREATE'))).toHaveLength(2);
    // Aurora DSQL says that it makes indexes in another way only.
    const said: string[] = [];
    const distributed: SyncDatabase = {
      query: async (text: string) => {
        if (/INDEX (?!ASYNC)/.test(text)) throw fault('0A000');
        said.push(text);
        return [];
      },
      transaction: async () => {
        throw new Error('one statement each');
      },
    };
    await migrate(distributed);
    expect(said.filter((text) => text.includes('INDEX ASYNC'))).toHaveLength(7);
    for (const text of said) expect(text).not.toMatch(/serial|trigger|jsonb|references|sequence|listen/i);
  });
});

test('a stream ends when authorize does not allow it any more', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let isAllowed = true;
  const tenant = newTenant();
  const one = new Device(
    handlerOver(engine.database, {
      authorize: () => {
        if (!isAllowed) throw new Error('signed out');
        return { tenant };
      },
    }),
  );
  const response = await one.send('/changes', {}, { accept: 'text/event-stream' });
  const reader = response.body!.getReader();
  await vi.advanceTimersByTimeAsync(AUTHORIZE_AGAIN_MS);
  isAllowed = false;
  await vi.advanceTimersByTimeAsync(AUTHORIZE_AGAIN_MS);
  while (!(await reader.read()).done);
  expect((await one.send('/changes')).status).toBe(401);
  vi.useRealTimers();
});

test('tenants are spread over databases', async () => {
  const second = await openPGlite();
  const asked: string[] = [];
  const handler = handlerOver((tenant: string) => {
    asked.push(tenant);
    return tenant.endsWith('east') ? second.database : engine.database;
  });
  const [west, east] = [
    new Device(handler, `${newTenant()} west`),
    new Device(handler, `${newTenant()} east`),
  ];
  await Promise.all([begin(west), begin(east)]);
  expect((await west.changes()).sessions).toHaveLength(1);
  expect(new Set(asked)).toEqual(new Set([west.tenant, east.tenant]));
  const tenants = await databaseOf(second.database).query('SELECT id FROM offshoot_tenants', []);
  expect(tenants).toEqual([{ id: east.tenant }]);
  const held = east.changes(`?since=${(await east.changes()).cursor}&wait=25`);
  await begin(new Device(handler, east.tenant));
  expect((await held).sessions).toHaveLength(1);
  await second.close();
}, 120_000);

test('options that do not exist, and databases that are none, are refused by name', () => {
  const authorize = () => ({ tenant: 'x' });
  expect(() => handlerOver(engine.database, { limit: {} } as never)).toThrow('limit is not an option');
  expect(() => handlerOver(engine.database, { limits: { rows: 1 } } as never)).toThrow('limits.rows');
  expect(() => handlerOver(engine.database, { origins: ['https://a.example/path'] })).toThrow('origins');
  expect(() => handlerOver(undefined as never, { authorize })).toThrow('database');
  expect(() => databaseOf({ connect: () => {} } as never)).toThrow('must be a Pool of pg or Neon');
});
