import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import { databaseOf } from '../../../../src/server/database/driver.js';
import { deleteTenant, exportTenant } from '../../../../src/server/index.js';
import type { ServerInfo } from '../../../../src/sync/protocol/index.js';
import { begin, Device, entriesLine, handlerOver, newTenant, sessionLine, snapshotLine } from '../device.js';
import type { Engine } from '../engines.js';

/** Tenants see nothing of each other, and can be taken out whole. */
export function tenantCases(engine: () => Engine): void {
  const handler = () => handlerOver(engine().database);

  test('no id, cursor, place or digest of another tenant reaches anything, and answers as one that is not there', async () => {
    const [owner, thief] = [new Device(handler()), new Device(handler())];
    const { incarnation, id, log, spans } = await begin(owner, ['secret one', 'secret two']);
    await owner.send('/media/medium/0', { method: 'PUT', body: new Uint8Array([1, 2, 3]) });
    const { cursor } = await owner.changes();
    const [answers, absent] = await Promise.all(
      [
        { incarnation, digest: 'medium' },
        { incarnation: nanoid(), digest: 'nowhere' },
      ].map(async ({ incarnation, digest }) => {
        const session = await thief.send(`/sessions/${incarnation}`);
        const medium = await thief.send(`/media/${digest}/0`);
        return [session.status, await session.text(), medium.status, await medium.text()];
      }),
    );
    expect(answers).toEqual(absent);
    expect(await thief.changes(`?since=${cursor}`)).toMatchObject({ reset: true, sessions: [] });
    expect((await thief.changes()).sessions).toEqual([]);
    expect(await thief.push([snapshotLine(incarnation, id, { spans })])).toMatchObject([
      { refused: 'missing', session: true },
    ]);
    // The same names are the thief's own, and change nothing of the owner's.
    expect(
      await thief.push([
        sessionLine(incarnation),
        snapshotLine(incarnation, 'reads', { spans }),
        snapshotLine(incarnation, 'media', { body: { media: [['medium', 1, 3]] } }),
        entriesLine(incarnation, log, 0, ['other']),
        snapshotLine(incarnation, id),
        { op: 'delete-session', incarnation },
      ]),
    ).toMatchObject([
      { line: 1 },
      { refused: 'missing' },
      { refused: 'missing' },
      { line: 4 },
      { line: 5 },
      { line: 6 },
    ]);
    expect((await owner.session(incarnation)).rows).toMatchObject([
      { bodies: ['secret one', 'secret two'] },
      { id },
    ]);
    expect((await owner.changes(`?since=${cursor}`)).sessions).toEqual([]);
    expect((await owner.changes(`?since=${cursor}`)).reset).toBeUndefined();
  });

  test('the tenant is what authorize says, and devices get only a hash of it', async () => {
    const one = new Device(handler());
    const response = await one.send('/', {}, { tenant: 'somebody', 'x-tenant': 'somebody' });
    const info = (await response.json()) as ServerInfo;
    expect(info.tenant).not.toContain(one.tenant);
    expect(info).toMatchObject({ versions: { oldest: 1, newest: 1 }, limits: { requestBytes: 4_000_000 } });
    const again = await new Device(one.handler, one.tenant).get<ServerInfo>('/');
    expect(again).toMatchObject({ tenant: info.tenant, generation: info.generation });
    const stranger = new Device(one.handler);
    expect((await stranger.get<ServerInfo>('/')).tenant).not.toBe(info.tenant);
    // Somebody else has signed in on the device.
    expect((await stranger.send('/changes', {}, { 'offshoot-tenant': info.tenant })).status).toBe(403);
    expect((await one.send('/changes', {}, { 'offshoot-tenant': info.tenant })).status).toBe(200);
  });

  test('deleteTenant leaves nothing; a device that is still allowed pushes what it has', async () => {
    const one = new Device(handler());
    const other = new Device(one.handler);
    await begin(other);
    const { incarnation } = await begin(one);
    await one.send('/media/medium/0', { method: 'PUT', body: new Uint8Array([1, 2, 3]) });
    const { cursor } = await one.changes();
    await deleteTenant(engine().database, one.tenant);
    expect(await linesOf(one.tenant)).toEqual([]);
    expect(await one.changes(`?since=${cursor}`)).toMatchObject({ reset: true, sessions: [] });
    expect(await one.push([sessionLine(incarnation)])).toMatchObject([{ line: 1, seq: 1 }]);
    expect((await other.changes()).sessions).toHaveLength(1);
  });

  test('exportTenant gives every row of it and none of another', async () => {
    const one = new Device(handler());
    await begin(new Device(one.handler));
    for (let index = 0; index < 20; index++) await begin(one);
    await one.send('/media/medium/0', { method: 'PUT', body: new Uint8Array([1, 2, 255]) });
    const lines = await linesOf(one.tenant);
    const counts = new Map<string, number>();
    for (const { table, tenant, id } of lines) {
      counts.set(table, (counts.get(table) ?? 0) + 1);
      expect(tenant ?? id).toBe(one.tenant);
    }
    expect(Object.fromEntries(counts)).toMatchObject({
      tenants: 1,
      sessions: 20,
      snapshots: 20,
      entries: 40,
      media: 1,
    });
    expect(lines.find(({ table }) => table === 'media')).toMatchObject({ data: 'AQL/' });
  });

  const linesOf = async (tenant: string) => {
    const lines: { table: string; tenant?: string; id?: string }[] = [];
    for await (const line of exportTenant(engine().database, tenant)) lines.push(JSON.parse(line) as never);
    return lines;
  };

  test('an empty place, or one that is full of others, is opened once by many at a time', async () => {
    const tenant = newTenant();
    const infos = await Promise.all(
      Array.from({ length: 8 }, () => new Device(handler(), tenant).get<ServerInfo>('/')),
    );
    expect(new Set(infos.map(({ generation }) => generation)).size).toBe(1);
    const rows = await databaseOf(engine().database).query(
      'SELECT seq FROM offshoot_pushes WHERE tenant = $1',
      [tenant],
    );
    expect(rows).toHaveLength(1);
  });
}
