import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import type { Engine } from '../engines.js';
import { begin, Device, entriesLine, handlerOver, sessionLine, snapshotLine } from '../device.js';

/** What a push does and says, one device at a time. */
export function pushCases(engine: () => Engine): void {
  const device = () => new Device(handlerOver(engine().database));

  test('what was pushed comes back whole, entries before the snapshots that need them', async () => {
    const one = device();
    const { incarnation, id, log } = await begin(one, ['first', 'second']);
    const other = new Device(one.handler, one.tenant);
    const list = await other.changes();
    expect(list).toMatchObject({ more: false, sessions: [{ incarnation, snapshots: 1, fields: {} }] });
    const page = await other.session(incarnation);
    expect(page).toMatchObject({
      more: false,
      rows: [
        { op: 'entries', log, at: 0, bodies: ['first', 'second'] },
        { op: 'snapshot', id, status: 'done', spans: [log, 0, 2], body: '{}' },
      ],
    });
    expect(page.seq).toBe((list.sessions[0] as { seq: number }).seq);
  });

  test('the answer says where the feed stood before and stands after', async () => {
    const one = device();
    const { incarnation } = await begin(one);
    const { cursor } = await one.changes();
    const { end } = await one.pushed([snapshotLine(incarnation, 'next')]);
    expect(end.before).toBe(cursor);
    expect((await one.changes(`?since=${end.cursor}`)).sessions).toEqual([]);
    const [before, after] = end.sessions[incarnation]!;
    expect((await one.session(incarnation, before)).rows).toMatchObject([{ id: 'next' }]);
    expect((await one.session(incarnation, after)).rows).toEqual([]);
  });

  test('a push that is sent again, whole or in parts, changes nothing', async () => {
    const one = device();
    const incarnation = nanoid();
    const log = one.newLog();
    const lines = [
      sessionLine(incarnation, { fields: { title: { value: 'trip', saw: 0, age: 5 } } }),
      entriesLine(incarnation, log, 0, ['a', 'b', 'c']),
      snapshotLine(incarnation, 'one', { spans: [log, 0, 2] }),
      snapshotLine(incarnation, 'two', { spans: [log, 0, 3], parent: 'one' }),
    ];
    const first = await one.push(lines, { push: 1 });
    const { cursor } = await one.changes();
    expect(await one.push(lines, { push: 1 })).toEqual(first);
    expect(await one.push([lines[0]!, lines[3]!], { push: 2 })).toMatchObject([
      { line: 1 },
      { line: 2, seq: 6 },
    ]);
    expect((await one.changes()).cursor).toBe(cursor);
    expect(first.every((result) => !('refused' in result))).toBe(true);
  });

  test('ids that text columns cannot hold come back as they were', async () => {
    const one = device();
    const incarnation = nanoid();
    const odd = 'nul \u0000 half \ud800 quote " back \\ line \n';
    await one.push([
      sessionLine(incarnation, {
        session: odd,
        fields: { [`metadata.${odd}`]: { value: odd, saw: 0, age: 0 } },
      }),
      snapshotLine(incarnation, odd, { parent: `${odd}!` }),
    ]);
    const { sessions } = await one.changes();
    expect(sessions).toMatchObject([{ session: odd, fields: { [`metadata.${odd}`]: { value: odd } } }]);
    const { rows } = await one.session(incarnation);
    expect(rows).toMatchObject([{ id: odd, parent: `${odd}!` }]);
    await one.push([{ op: 'delete-snapshot', incarnation, id: odd }]);
    expect((await one.session(incarnation)).rows).toEqual([]);
  });

  test('one bad line holds nothing up, and what needs it is missing it', async () => {
    const one = device();
    const incarnation = nanoid();
    const log = one.newLog();
    const results = await one.push([
      { op: 'session', incarnation: 7 },
      entriesLine(incarnation, log, 0, ['a']),
      sessionLine(incarnation),
      { op: 'nonsense' },
      snapshotLine(incarnation, 'needs', { spans: [log, 0, 1] }),
      entriesLine(incarnation, log, 0, ['a']),
      snapshotLine(incarnation, 'has', { spans: [log, 0, 1] }),
      { ...snapshotLine(incarnation, 'later'), format: 99 },
      snapshotLine(incarnation, 'huge', { body: 'x'.repeat(300_000) }),
    ]);
    expect(results).toMatchObject([
      { line: 1, refused: 'invalid', path: 'incarnation' },
      { line: 2, refused: 'missing', session: true },
      { line: 3, seq: 3 },
      { line: 4, refused: 'invalid' },
      { line: 5, refused: 'missing', spans: [log, 0, 1] },
      { line: 6, seq: 1 },
      { line: 7, seq: 2 },
      { line: 8, refused: 'newer', format: 99 },
      { line: 9, refused: 'too-large', path: 'body', limit: 262_144 },
    ]);
  });

  test('a place has one digest for ever: another one means a copied profile', async () => {
    const one = device();
    const { incarnation, log } = await begin(one, ['one', 'two']);
    const results = await one.push([
      entriesLine(incarnation, log, 1, ['two', 'three']),
      entriesLine(incarnation, log, 2, ['not three', 'four']),
      snapshotLine(incarnation, 'on it', { spans: [log, 0, 4] }),
      snapshotLine(incarnation, 'on ours', { spans: [log, 0, 2] }),
    ]);
    expect(results).toMatchObject([
      { seq: 5 },
      { refused: 'copied', at: 2 },
      { refused: 'missing' },
      { seq: 6 },
    ]);
  });

  test('spans are checked as far as nobody has checked them', async () => {
    const one = device();
    const { incarnation, id, log } = await begin(one, ['one', 'two', 'three']);
    const results = await one.push([
      snapshotLine(incarnation, 'child', { parent: id, spans: [log, 0, 3] }),
      snapshotLine(incarnation, 'orphan', { spans: [log, 1, 2] }),
      snapshotLine(incarnation, 'beyond', { parent: id, spans: [log, 0, 3, log, 3, 2] }),
    ]);
    expect(results).toMatchObject([{ line: 1 }, { line: 2 }, { refused: 'missing', spans: [log, 3, 2] }]);
    expect('refused' in results[0]! || 'refused' in results[1]!).toBe(false);
  });

  test('own entries come back without bodies, for the check of a copied profile', async () => {
    const one = device();
    const { incarnation, log } = await begin(one, ['one', 'two']);
    const { rows } = await one.session(incarnation, 0, `&replica=${one.replica}`);
    expect(rows[0]).toMatchObject({ op: 'entries', log, digests: [expect.any(String), expect.any(String)] });
    expect(rows[0]).not.toHaveProperty('bodies');
    const other = await one.session(incarnation, 0, '&replica=another');
    expect(other.rows[0]).toHaveProperty('bodies');
  });
}
