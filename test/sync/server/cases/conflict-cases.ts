import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import type { Engine } from '../engines.js';
import { begin, Device, entriesLine, handlerOver, sessionLine, snapshotLine } from '../device.js';

/** Two devices that do not know of each other. */
export function conflictCases(engine: () => Engine): void {
  const devices = () => {
    const one = new Device(handlerOver(engine().database));
    return [one, new Device(one.handler, one.tenant)] as const;
  };

  test('absent < pending < one terminal status', async () => {
    const [one, other] = devices();
    const { incarnation } = await begin(one);
    const turn = (digest: string, status: string, saw = 0, more = {}) =>
      snapshotLine(incarnation, 'turn', { digest, status, saw, ...more });
    const [begun] = await one.push([turn('p1', 'pending', 0, { beat: 0 })]);
    expect(begun).toHaveProperty('seq');
    // Somebody who never saw the heartbeat ends the turn all the same.
    const [ended] = await other.push([turn('d1', 'done')]);
    expect(ended).toHaveProperty('seq');
    expect(await one.push([turn('d2', 'failed', (begun as { seq: number }).seq)])).toMatchObject([
      { refused: 'conflict', digest: 'd1', status: 'done', seq: (ended as { seq: number }).seq },
    ]);
    expect(await one.push([turn('p2', 'pending', (ended as { seq: number }).seq)])).toMatchObject([
      { refused: 'conflict', status: 'done' },
    ]);
    expect(await other.push([turn('d1', 'done')])).toEqual([ended]);
    // Who saw it may rewrite it.
    expect(await one.push([turn('d3', 'done', (ended as { seq: number }).seq)])).toMatchObject([{ line: 1 }]);
    expect((await one.session(incarnation)).rows.at(-1)).toMatchObject({ id: 'turn', digest: 'd3' });
  });

  test('a heartbeat is told by its age, and never goes back', async () => {
    const [one, other] = devices();
    const { incarnation } = await begin(one);
    const turn = (beat: number) =>
      snapshotLine(incarnation, 'turn', { digest: 'p', status: 'pending', beat });
    const [begun] = await one.push([turn(60_000)]);
    const [later] = await one.push([turn(10)]);
    expect((later as { seq: number }).seq).toBeGreaterThan((begun as { seq: number }).seq);
    expect(await one.push([turn(50_000)])).toEqual([later]);
    const { rows } = await other.session(incarnation);
    expect((rows.at(-1) as { beat: number }).beat).toBeLessThan(50_000);
  });

  test('an id is of one incarnation', async () => {
    const [one, other] = devices();
    const { incarnation, id } = await begin(one);
    const second = nanoid();
    const results = await other.push([
      sessionLine(second, { session: `session of ${incarnation}` }),
      snapshotLine(second, 'in it'),
      sessionLine(second, { session: 'another name' }),
      snapshotLine(second, id),
    ]);
    expect(results).toMatchObject([
      { refused: 'taken', incarnation },
      { refused: 'missing', session: true },
      { line: 3 },
      { refused: 'taken', incarnation },
    ]);
    // A device that knows it under its former name is told.
    expect(await one.push([sessionLine(second, { session: 'old name' })])).toMatchObject([
      { session: 'another name' },
    ]);
  });

  test('of a field, who saw the newest wins; of two at the same time, the later', async () => {
    const [one, other] = devices();
    const incarnation = nanoid();
    const title = (value: unknown, saw: number, age: number) =>
      sessionLine(incarnation, { fields: { title: { ...(value !== undefined && { value }), saw, age } } });
    const seqOf = async () =>
      (await one.changes()).sessions[0] as unknown as {
        fields: Record<string, { seq: number; value?: unknown }>;
      };
    await one.push([title('first', 0, 1_000)]);
    const first = (await seqOf()).fields['title']!.seq;
    // Saw it: whatever its clock says.
    expect(await other.push([title('second', first, 900_000)])).toMatchObject([
      { fields: { title: { seq: first + 2 } } },
    ]);
    // Did not see it, and is older: a clock in the future does not help, since ages are not negative.
    expect(await one.push([title('older', first, 2_000_000)], { heard: 1_500_000 })).toMatchObject([
      { fields: { title: { lost: true, value: 'second', seq: first + 2 } } },
    ]);
    expect(await one.push([title('later', first, -9e9)])).toMatchObject([
      { fields: { title: { seq: expect.any(Number) } } },
    ]);
    expect((await seqOf()).fields['title']).toMatchObject({ value: 'later' });
    const { seq } = (await seqOf()).fields['title']!;
    await other.push([title(undefined, seq, 0)]);
    expect((await seqOf()).fields['title']).not.toHaveProperty('value');
  });

  test('an edit is at most as old as the time since the device heard the server', async () => {
    const [one, other] = devices();
    const incarnation = nanoid();
    const title = (value: string, saw: number, age: number) =>
      sessionLine(incarnation, { fields: { title: { value, saw, age } } });
    await one.push([title('before', 0, 10_000)]);
    // Its clock was set forward by a year between the edit and the push.
    const [result] = await other.push([title('after', 0, 365 * 86_400_000)], { heard: 100 });
    expect(result).toMatchObject({ fields: { title: { seq: expect.any(Number) } } });
    expect(result).not.toHaveProperty('fields.title.lost');
  });

  test('a push that comes twice, the second time late, wins nothing back', async () => {
    const [one, other] = devices();
    const incarnation = nanoid();
    const title = (value: string, saw: number) =>
      sessionLine(incarnation, { fields: { title: { value, saw, age: 0 } } });
    await one.push([title('one', 0)], { push: 1 });
    await other.push([title('two', 0)], { push: 1 });
    expect(await one.push([title('one', 0)], { push: 1 })).toMatchObject([
      { fields: { title: { lost: true, value: 'two' } } },
    ]);
    expect(await one.push([title('three', 0)], { push: 2 })).not.toMatchObject([
      { fields: { title: { lost: true } } },
    ]);
  });

  test('deletes win, for ever, and of that incarnation only', async () => {
    const [one, other] = devices();
    const { incarnation, id, log, spans } = await begin(one, ['one', 'two']);
    const session = `session of ${incarnation}`;
    const again = { op: 'delete-snapshot', incarnation, id, saw: 0 };
    const [buried] = await other.push([again]);
    expect(await one.push([again])).toEqual([buried]);
    expect(await one.push([snapshotLine(incarnation, id, { spans })])).toMatchObject([
      { refused: 'gone', whole: false },
    ]);
    // What only it reached is freed, and has to be sent again.
    expect(await one.push([snapshotLine(incarnation, 'below', { parent: id, spans })])).toMatchObject([
      { refused: 'missing', spans: [log, 0, 2] },
    ]);
    await one.push([
      entriesLine(incarnation, log, 0, ['one', 'two']),
      snapshotLine(incarnation, 'below', { spans }),
    ]);

    const { cursor } = await one.changes();
    const [gone] = await other.push([{ op: 'delete-session', incarnation, saw: 2 }]);
    // The first delete stands, with what its device had seen.
    expect(await one.push([{ op: 'delete-session', incarnation, saw: 3 }])).toEqual([gone]);
    expect((await one.changes(`?since=${cursor}`)).sessions).toMatchObject([
      { incarnation, deleted: true, saw: 2 },
    ]);
    const refused = await one.push([
      sessionLine(incarnation),
      entriesLine(incarnation, log, 2, ['three']),
      snapshotLine(incarnation, 'more'),
    ]);
    for (const result of refused)
      expect(result).toMatchObject({
        ...{ refused: 'gone', whole: true, saw: 2 },
        seq: (gone as { seq: number }).seq,
      });
    await expect(one.session(incarnation)).rejects.toMatchObject({ code: 410 });
    // The app uses its id again.
    const next = nanoid();
    expect(await one.push([sessionLine(next, { session }), snapshotLine(next, id)])).toMatchObject([
      { seq: expect.any(Number) },
      { seq: expect.any(Number) },
    ]);
    expect((await one.changes()).sessions).toMatchObject([{ incarnation: next, session }]);
  });

  test('a delete and what it deletes may be in one push', async () => {
    const [one] = devices();
    const { incarnation, log, seq } = await begin(one, ['one']);
    const { end } = await one.pushed([
      entriesLine(incarnation, log, 1, ['two']),
      snapshotLine(incarnation, 'short', { spans: [log, 0, 2] }),
      { op: 'delete-snapshot', incarnation, id: 'short' },
    ]);
    const { rows } = await one.session(incarnation, seq);
    expect(rows).toMatchObject([{ op: 'delete-snapshot', id: 'short' }]);
    expect((await one.changes(`?since=${end.cursor}`)).sessions).toEqual([]);
    const second = nanoid();
    await one.push([
      sessionLine(second),
      snapshotLine(second, 'x'),
      { op: 'delete-session', incarnation: second },
    ]);
    expect((await one.changes()).sessions).toHaveLength(1);
  });

  test('a rewrite frees what only the old state reached', async () => {
    const [one] = devices();
    const { incarnation, id, log, seq } = await begin(one, ['one', 'two', 'three']);
    await one.push([snapshotLine(incarnation, 'keeps', { spans: [log, 1, 1] })]);
    await one.push([snapshotLine(incarnation, id, { saw: seq, spans: [log, 0, 1] })]);
    const { rows } = await one.session(incarnation);
    const entries = rows
      .filter((row) => row.op === 'entries')
      .flatMap((row) => ('bodies' in row ? row.bodies : []));
    expect(entries).toEqual(['one', 'two']);
  });
}
