import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import { databaseOf } from '../../../../src/server/database/driver.js';
import type { ChangesPage } from '../../../../src/sync/protocol/index.js';
import { begin, Device, entriesLine, handlerOver, newTenant, sessionLine, snapshotLine } from '../device.js';
import type { Engine } from '../engines.js';

/** What comes, in which order, and from when on. */
export function pullCases(engine: () => Engine): void {
  const device = () => new Device(handlerOver(engine().database));

  /** All pages of the feed from a cursor on. */
  async function follow(from: Device, cursor?: string) {
    const sessions: ChangesPage['sessions'] = [];
    for (let page; ; cursor = page.cursor) {
      page = await from.changes(cursor === undefined ? '' : `?since=${cursor}`);
      sessions.push(...page.sessions);
      if (!page.more) return { sessions, cursor: page.cursor!, page };
    }
  }

  test('pages lose and repeat nothing, wherever they are cut', async () => {
    const one = device();
    const names = Array.from({ length: 1_203 }, (_, index) => `session-${index}`);
    await one.push(names.map((name) => sessionLine(name)));
    const { sessions, cursor } = await follow(one);
    expect(sessions.map(({ incarnation }) => incarnation)).toEqual(names);
    await one.push([sessionLine('session-7', { fields: { title: { value: 't', saw: 0, age: 0 } } })]);
    await one.push([{ op: 'delete-session', incarnation: 'session-8' }]);
    const after = await follow(one, cursor);
    expect(after.sessions).toMatchObject([
      { incarnation: 'session-7', fields: { title: { value: 't' } } },
      { incarnation: 'session-8', session: 'session of session-8', deleted: true },
    ]);
    // Between two pushes, and in the middle of one.
    for (const session of sessions.slice(0, 1_203).filter((_, index) => index % 301 === 0)) {
      const rest = await one.changes(`?since=${session.seq}:${cursor.split(':')[1]}`);
      expect(rest.reset).toBeUndefined();
    }
  });

  test('large fields make short pages', async () => {
    const one = device();
    const value = 'x'.repeat(200_000);
    for (let index = 0; index < 3; index++) {
      const lines = Array.from({ length: 5 }, (_, line) =>
        sessionLine(`big-${index}-${line}`, { fields: { title: { value, saw: 0, age: 0 } } }),
      );
      await one.push(lines);
    }
    const first = await one.changes();
    expect(first.more).toBe(true);
    expect(first.sessions.length).toBeLessThan(15);
    expect((await follow(one)).sessions).toHaveLength(15);
  });

  test('newest first: nothing that moves meanwhile is missed', async () => {
    const one = device();
    const lines = Array.from({ length: 1_100 }, (_, index) =>
      sessionLine(`s-${index}`, { createdMs: 1_600_000_000_000 + index }),
    );
    await one.push(lines);
    const first = await one.changes('?order=newest');
    expect(first).not.toHaveProperty('cursor');
    expect(first.sessions[0]).toMatchObject({ incarnation: 's-1099' });
    // The oldest becomes the newest, between two pages.
    await one.push([snapshotLine('s-0', 'turn', { createdMs: 1_700_000_000_000 })]);
    const seen = new Set(first.sessions.map(({ incarnation }) => incarnation));
    let page = first;
    while (page.more) {
      page = await one.changes(`?order=newest&after=${encodeURIComponent(page.next!)}`);
      for (const { incarnation } of page.sessions) seen.add(incarnation);
    }
    const { sessions } = await one.changes(`?since=${page.cursor}`);
    expect(sessions).toMatchObject([{ incarnation: 's-0' }]);
    expect(new Set([...seen, 's-0']).size).toBe(1_100);
  });

  test('a long session comes in pages, in the order of its numbers', async () => {
    const one = device();
    const incarnation = nanoid();
    await one.push([sessionLine(incarnation)]);
    const log = one.newLog();
    for (let index = 0; index < 12; index++) {
      const body = `${index} ${'y'.repeat(250_000)}`;
      await one.push([
        entriesLine(incarnation, log, index, [body]),
        snapshotLine(incarnation, `turn ${index}`, { spans: [log, 0, index + 1] }),
      ]);
    }
    const entries = new Set<number>();
    let pages = 0;
    for (let since = 0, more = true; more; pages++) {
      const page = await one.session(incarnation, since);
      ({ seq: since, more } = page);
      for (const row of page.rows) {
        if (row.op === 'entries') row.digests.forEach((_, at) => entries.add(row.at + at));
        // What a snapshot reaches has come before it.
        if (row.op === 'snapshot') expect(entries.size).toBeGreaterThanOrEqual(row.spans[2] as number);
      }
    }
    expect(entries.size).toBe(12);
    expect(pages).toBeGreaterThan(1);
  });

  test('a backup that was restored is noticed by the first cursor that it does not know, and once', async () => {
    const tenant = newTenant();
    const handler = handlerOver(engine().database);
    const [one, other, third] = [1, 2, 3].map(() => new Device(handler, tenant)) as [Device, Device, Device];
    const database = databaseOf(engine().database);
    const dump = await dumpOf(tenant);
    await begin(one);
    const backup = await dumpOf(tenant);
    const known = (await one.changes()).cursor!;
    await begin(one);
    const cursor = (await one.changes()).cursor!;
    const { generation } = await one.changes();
    await restore(tenant, backup);
    expect(dump.every(([, rows]) => rows.length === 0)).toBe(true);
    // Others have pushed past the cursor before its owner comes back.
    await begin(third);
    await begin(third);
    expect((await third.changes(`?since=${known}`)).sessions).toHaveLength(2);
    // The first to come may push: nothing is taken.
    const before = (await third.changes()).cursor;
    const lines = [sessionLine(nanoid())];
    const pushing = one.push(lines, {}, { 'offshoot-cursor': cursor, 'offshoot-generation': generation });
    await expect(pushing).rejects.toMatchObject({ code: 409 });
    expect((await third.changes()).cursor!.split(':')[0]).toBe(before!.split(':')[0]);
    const reset = await other.changes(`?since=${cursor}`);
    expect(reset).toMatchObject({ reset: true, sessions: [], more: false });
    expect(reset.generation).not.toBe(generation);
    // Another device from before learns of the same generation, and makes no other.
    expect(await one.changes(`?since=${cursor}`)).toMatchObject({
      reset: true,
      generation: reset.generation,
    });
    const late = one.push(lines, {}, { 'offshoot-generation': generation });
    await expect(late).rejects.toMatchObject({ code: 409 });
    const list = await follow(other);
    const now = { 'offshoot-cursor': list.cursor, 'offshoot-generation': reset.generation };
    expect(await other.push(lines, {}, now)).toMatchObject([{ seq: expect.any(Number) }]);
    expect(list.page.generation).toBe(reset.generation);
    expect(await other.changes(`?since=${list.cursor}`)).toMatchObject({
      generation: reset.generation,
      sessions: [{}],
    });

    async function dumpOf(tenant: string) {
      const tables = ['sessions', 'snapshots', 'entries', 'tombstones', 'pushes'];
      return Promise.all(
        tables.map(
          async (table) =>
            [
              table,
              await database.query(`SELECT * FROM offshoot_${table} WHERE tenant = $1`, [tenant]),
            ] as const,
        ),
      ).then(async (dumped) => [
        ...dumped,
        ['tenants', await database.query('SELECT * FROM offshoot_tenants WHERE id = $1', [tenant])] as const,
      ]);
    }

    async function restore(tenant: string, dumped: Awaited<ReturnType<typeof dumpOf>>) {
      for (const [table, rows] of dumped) {
        const key = table === 'tenants' ? 'id' : 'tenant';
        await database.query(`DELETE FROM offshoot_${table} WHERE ${key} = $1`, [tenant]);
        for (const row of rows) {
          const columns = Object.keys(row);
          const places = columns.map((_, index) => `$${index + 1}`);
          await database.query(
            `INSERT INTO offshoot_${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`,
            Object.values(row) as (string | null)[],
          );
        }
      }
    }
  });

  test('a cursor from before the horizon is told so; tombstones stay', async () => {
    const one = new Device(handlerOver(engine().database, { horizonDays: 1 }));
    const database = databaseOf(engine().database);
    const { incarnation } = await begin(one);
    const early = (await one.changes()).cursor!;
    await one.push([{ op: 'delete-session', incarnation }]);
    const before = (await one.changes()).cursor!;
    // Two days go by.
    const past = Date.now() - 2 * 86_400_000;
    await database.query('UPDATE offshoot_pushes SET at_ms = $2 WHERE tenant = $1', [one.tenant, past]);
    await database.query('UPDATE offshoot_tenants SET swept_ms = $2 WHERE id = $1', [one.tenant, past]);
    await begin(one);
    await expect(one.changes(`?since=${early}`)).rejects.toMatchObject({ code: 410 });
    expect((await one.changes(`?since=${before}`)).sessions).toHaveLength(1);
    expect(await one.push([sessionLine(incarnation)])).toMatchObject([{ refused: 'gone', whole: true }]);
  });
}
