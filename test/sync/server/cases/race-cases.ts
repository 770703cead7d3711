import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import type { SessionRowLine } from '../../../../src/sync/protocol/index.js';
import { begin, Device, entriesLine, handlerOver, sessionLine, snapshotLine } from '../device.js';
import type { Engine } from '../engines.js';

/** Many at the same time. Each device has a handler of its own, as processes have. */
export function raceCases(engine: () => Engine): void {
  const handler = () => handlerOver(engine().database, { limits: { requestsPerMinute: 1_000_000 } });
  const devicesOf = (count: number) => {
    const first = new Device(handler());
    return [first, ...Array.from({ length: count - 1 }, () => new Device(handler(), first.tenant))];
  };

  test('a reader with a cursor misses no row of eight writers', async () => {
    const [reader, ...writers] = devicesOf(9) as [Device, ...Device[]];
    const incarnations = writers.map(() => nanoid());
    let writing = writers.length;
    const work = writers.map(async (writer, index) => {
      const incarnation = incarnations[index]!;
      // Half of them write into a session of their own, half into the first one's.
      const target = index % 2 === 0 ? incarnation : incarnations[0]!;
      await writer.push([sessionLine(incarnation)]);
      for (let turn = 0; turn < 12; turn++) {
        const log = writer.newLog();
        const results = await writer.push([
          sessionLine(target, { session: `session of ${target}` }),
          entriesLine(target, log, 0, [`${index} ${turn}`]),
          snapshotLine(target, `${index}.${turn}`, { spans: [log, 0, 1] }),
        ]);
        for (const result of results) expect(result).not.toHaveProperty('refused');
      }
      writing -= 1;
    });

    const pulled = new Map<string, number>();
    const rows = new Map<string, SessionRowLine[]>();
    let cursor: string | undefined;
    let isLast = false;
    while (!isLast) {
      isLast = writing === 0;
      const page = await reader.changes(cursor === undefined ? '' : `?since=${cursor}`);
      ({ cursor } = page);
      for (const { incarnation } of page.sessions) {
        const session = await reader.session(incarnation, pulled.get(incarnation) ?? 0);
        pulled.set(incarnation, session.seq);
        rows.set(incarnation, [...(rows.get(incarnation) ?? []), ...session.rows]);
      }
    }
    await Promise.all(work);
    const snapshots = [...rows.values()].flat().filter((row) => row.op === 'snapshot');
    expect(new Set(snapshots.map(({ id }) => id)).size).toBe(8 * 12);
    expect(snapshots).toHaveLength(8 * 12);
    expect([...rows.values()].flat().filter((row) => row.op === 'entries')).toHaveLength(8 * 12);
  });

  test('of eight that end a turn at once, one wins, three hundred times', async () => {
    const devices = devicesOf(8);
    const { incarnation } = await begin(devices[0]!);
    const turns = Array.from({ length: 300 }, (_, turn) => `turn ${turn}`);
    const begun = turns.map((id) =>
      snapshotLine(incarnation, id, { status: 'pending', digest: `p ${id}`.replaceAll(' ', '-') }),
    );
    await devices[0]!.push(begun);
    const wins = new Map<string, number>();
    const ended = devices.map(async (device, index) => {
      for (let first = 0; first < turns.length; first += 20) {
        const lines = turns.slice(first, first + 20).map((id) =>
          snapshotLine(incarnation, id, {
            digest: `d-${index}-${first}-${id.replaceAll(' ', '-')}`,
            status: 'done',
          }),
        );
        for (const [at, result] of (await device.push(lines)).entries()) {
          const { id } = lines[at]!;
          if ('refused' in result) expect(result).toMatchObject({ refused: 'conflict', status: 'done' });
          else wins.set(id, (wins.get(id) ?? 0) + 1);
        }
      }
    });
    await Promise.all(ended);
    expect([...wins.values()].every((count) => count === 1)).toBe(true);
    expect(wins.size).toBe(300);
  });

  test('of eight that take the same session id or snapshot id, one has it', async () => {
    const devices = devicesOf(8);
    const results = await Promise.all(
      devices.map(async (device) => {
        const incarnation = nanoid();
        return device.push([
          sessionLine(incarnation, { session: 'trip' }),
          snapshotLine(incarnation, 'first'),
        ]);
      }),
    );
    expect(results.filter(([session]) => !('refused' in session!))).toHaveLength(1);
    expect(results.filter(([, snapshot]) => !('refused' in snapshot!))).toHaveLength(1);
  });
}
