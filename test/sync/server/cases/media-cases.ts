import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import { databaseOf } from '../../../../src/server/database/driver.js';
import { Device, entriesLine, handlerOver, sessionLine, snapshotLine } from '../device.js';
import type { Engine } from '../engines.js';

/** Large values, in parts, for as long as somebody needs them. */
export function mediaCases(engine: () => Engine): void {
  const device = () => new Device(handlerOver(engine().database));
  const put = (one: Device, digest: string, part: number, bytes: Uint8Array) =>
    one.send(`/media/${digest}/${part}`, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
  const bytesOf = async (one: Device) => {
    const [row] = await databaseOf(engine().database).query(
      'SELECT bytes FROM offshoot_tenants WHERE id = $1',
      [one.tenant],
    );
    return Number(row!['bytes']);
  };

  test('parts come back as they were, and an entry needs all of them', async () => {
    const one = device();
    const incarnation = nanoid();
    const parts = [new Uint8Array(1024 * 1024).fill(7), new Uint8Array([0, 255, 1])];
    const log = one.newLog();
    const bytes = parts[0]!.length + 3;
    const entry = entriesLine(incarnation, log, 0, ['x'], {
      bodies: [{ media: [['medium', 2, bytes]], text: 't' }],
    });
    await one.push([sessionLine(incarnation)]);
    expect((await put(one, 'medium', 0, parts[0]!)).status).toBe(204);
    expect(await one.push([entry])).toMatchObject([{ refused: 'missing', media: ['medium'] }]);
    expect((await put(one, 'medium', 1, parts[1]!)).status).toBe(204);
    expect((await put(one, 'medium', 1, parts[1]!)).status).toBe(204);
    expect(await one.push([entry, snapshotLine(incarnation, 'a', { spans: [log, 0, 1] })])).toMatchObject([
      { line: 1, seq: expect.any(Number) },
      { line: 2, seq: expect.any(Number) },
    ]);
    for (const [part, expected] of parts.entries()) {
      const response = await one.send(`/media/medium/${part}`);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(expected))).toBe(true);
    }
    expect((await one.send('/media/medium/2')).status).toBe(404);
    expect((await one.session(incarnation)).rows[0]).toMatchObject({
      bodies: [{ media: [['medium', 2, bytes]], text: 't' }],
    });
    expect((await put(one, 'large', 0, new Uint8Array(1024 * 1024 + 1))).status).toBe(413);
  });

  test('a medium goes with its last use, and the tenant has its bytes again', async () => {
    const one = device();
    const incarnation = nanoid();
    const other = nanoid();
    const [log, second] = [one.newLog(), one.newLog()];
    const body = { media: [['shared', 1, 5] as [string, number, number]] };
    await one.push([sessionLine(incarnation), sessionLine(other)]);
    const empty = await bytesOf(one);
    await put(one, 'shared', 0, new Uint8Array(5));
    await put(one, 'lonely', 0, new Uint8Array(9));
    await one.push([
      entriesLine(incarnation, log, 0, ['x', 'y'], { bodies: [body, 'y'] }),
      snapshotLine(incarnation, 'a', { spans: [log, 0, 2] }),
      snapshotLine(incarnation, 'own', { body: { media: [['lonely', 1, 9]] } }),
      entriesLine(other, second, 0, ['x'], { bodies: [body] }),
      snapshotLine(other, 'b', { spans: [second, 0, 1] }),
    ]);
    await one.push([{ op: 'delete-snapshot', incarnation, id: 'a' }]);
    expect((await one.send('/media/shared/0')).status).toBe(200);
    await one.push([{ op: 'delete-session', incarnation: other }]);
    expect((await one.send('/media/shared/0')).status).toBe(404);
    expect((await one.send('/media/lonely/0')).status).toBe(200);
    await one.push([{ op: 'delete-snapshot', incarnation, id: 'own' }]);
    expect((await one.send('/media/lonely/0')).status).toBe(404);
    await one.push([{ op: 'delete-session', incarnation }]);
    expect(await bytesOf(one)).toBeLessThan(empty);
    expect(await bytesOf(one)).toBe(0);
  });

  test('what was sent and never named is freed after a day', async () => {
    const one = device();
    await put(one, 'orphan', 0, new Uint8Array(5));
    const database = databaseOf(engine().database);
    const past = Date.now() - 2 * 86_400_000;
    await database.query('UPDATE offshoot_media SET stored_ms = $2 WHERE tenant = $1', [one.tenant, past]);
    await database.query('UPDATE offshoot_tenants SET swept_ms = $2 WHERE id = $1', [one.tenant, past]);
    const { cursor } = await one.changes();
    await one.push([sessionLine(nanoid())]);
    expect((await one.send('/media/orphan/0')).status).toBe(404);
    const page = await one.changes(`?since=${cursor}`);
    expect(page).toMatchObject({ sessions: [{ seq: 1 }] });
    expect((await one.changes(`?since=${page.cursor}`)).reset).toBeUndefined();
  });
}
