import { nanoid } from 'nanoid';
import { expect, test } from 'vitest';
import { SessionStoreError } from '../../../../src/errors.js';
import type { ErrorAnswer } from '../../../../src/sync/protocol/index.js';
import { begin, Device, entriesLine, handlerOver, sessionLine, snapshotLine } from '../device.js';
import type { Engine } from '../engines.js';

const errorOf = async (response: Response) => ((await response.json()) as ErrorAnswer).error;

/** What is not a request of ours, or too much of one. */
export function requestCases(engine: () => Engine): void {
  const device = (more = {}) => new Device(handlerOver(engine().database, more));

  test('a body that is no push is refused with the place, and nothing is written', async () => {
    const one = device();
    const { cursor } = await one.changes();
    const head = JSON.stringify({ replica: one.replica });
    for (const body of [
      '',
      '<!doctype html><title>Sign in</title>',
      '[]',
      'null',
      '{"replica":7}',
      '{"replica":"a b"}',
      '{"replica":"a","heard":-1}',
      '{"replica":"a","more":1}',
      new Uint8Array([0xff, 0xfe, 0x00]),
      '['.repeat(100_000),
    ]) {
      const response = await one.post(body);
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({
        status: 'INVALID_ARGUMENT',
        message: expect.any(String),
      });
    }
    for (const line of [
      '<html>',
      '{"op":"session"',
      '{}',
      '7',
      '['.repeat(50_000),
      '{"op":"session","__proto__":{}}',
    ]) {
      const response = await one.post(`${head}\n${line}\n`);
      expect(response.status).toBe(200);
      expect(JSON.parse((await response.text()).split('\n')[0]!)).toMatchObject({
        line: 1,
        refused: 'invalid',
      });
    }
    expect((await one.changes()).cursor).toBe(cursor);
  });

  test('of a push that was cut inside a line, what is whole is taken, and the rest when it comes again', async () => {
    const one = device();
    const incarnation = nanoid();
    const log = one.newLog();
    const lines = [
      { replica: one.replica },
      sessionLine(incarnation),
      entriesLine(incarnation, log, 0, ['a']),
      snapshotLine(incarnation, 'turn', { spans: [log, 0, 1] }),
    ].map((line) => JSON.stringify(line));
    const whole = lines.join('\n');
    await one.post(whole.slice(0, -20));
    expect((await one.session(incarnation)).rows).toMatchObject([{ op: 'entries' }]);
    await one.post(whole);
    expect((await one.session(incarnation)).rows).toMatchObject([{ op: 'entries' }, { id: 'turn' }]);
  });

  test('requests that are too large, too many or too full are told so', async () => {
    const one = device({
      limits: { requestBytes: 5_000, requestRows: 10, tenantBytes: 3_000, valueBytes: 1_000 },
    });
    const incarnation = nanoid();
    const large = await one.post('x'.repeat(6_000));
    expect(large.status).toBe(413);
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('y'.repeat(1_000))),
    });
    expect((await one.post(endless)).status).toBe(413);
    await expect(one.push(Array.from({ length: 11 }, () => sessionLine(nanoid())))).rejects.toMatchObject({
      code: 413,
    });
    await expect(
      one.push([
        entriesLine(
          incarnation,
          one.newLog(),
          0,
          Array.from({ length: 11 }, (_, at) => `${at}`),
        ),
      ]),
    ).rejects.toMatchObject({ code: 413 });

    const body = 'z'.repeat(900);
    const results = await one.push([
      sessionLine(incarnation),
      ...['a', 'b', 'c', 'd'].map((id) => snapshotLine(incarnation, id, { body })),
    ]);
    expect(results.at(-1)).toMatchObject({ refused: 'full', limit: 3_000 });
    const response = await one.post(
      [{ replica: one.replica }, snapshotLine(incarnation, 'e', { body })]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    );
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    // Deletes pass, and make room.
    expect(await one.push([{ op: 'delete-snapshot', incarnation, id: 'a' }])).toMatchObject([
      { seq: expect.any(Number) },
    ]);
    expect(await one.push([snapshotLine(incarnation, 'e', { body })])).toMatchObject([
      { seq: expect.any(Number) },
    ]);
  });

  test('who asks too often, or waits too often at once, is told when to come again', async () => {
    const one = device({ limits: { requestsPerMinute: 3, waiting: 1 } });
    const other = device();
    const statuses = [];
    for (let index = 0; index < 5; index++) statuses.push((await one.send('/')).status);
    // A minute may have ended between two of them.
    expect(statuses).toContain(429);
    expect((await other.send('/')).status).toBe(200);
    const patient = device({ limits: { waiting: 1 } });
    const { cursor } = await patient.changes();
    const abort = new AbortController();
    const held = patient.send(`/changes?since=${cursor}&wait=25`, { signal: abort.signal });
    await expect.poll(async () => (await patient.send(`/changes?since=${cursor}&wait=1`)).status).toBe(429);
    abort.abort();
    await held.catch(() => {});
  });

  test('values that are too deep, of unknown fields, or with what cannot be stored, are refused alone', async () => {
    const one = device();
    const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown;
    const incarnation = nanoid();
    const results = await one.push([
      sessionLine(incarnation, { fields: { 'metadata.deep': { value: deep, saw: 0, age: 0 } } }),
      sessionLine(incarnation, { fields: { owner: { value: 1, saw: 0, age: 0 } } }),
      sessionLine(incarnation, { session: '   ' }),
      sessionLine(incarnation, { session: 's'.repeat(600) }),
      { ...sessionLine(incarnation), createdMs: 1e300 },
      sessionLine(incarnation),
      snapshotLine(incarnation, 'nul', { body: 'a\u0000b' }),
      snapshotLine(incarnation, 'half', { body: 'a\ud800b' }),
      snapshotLine(incarnation, 'spans', { spans: ['no log', 0, 1] }),
      entriesLine(incarnation, `${one.replica}:1`, 0, ['a'], { bodies: [] }),
    ]);
    expect(results.map((result) => ('refused' in result ? result.refused : 'done'))).toEqual([
      'invalid',
      'invalid',
      'invalid',
      'too-large',
      'invalid',
      'done',
      'invalid',
      'invalid',
      'invalid',
      'invalid',
    ]);
  });

  test('who is not signed in, has no header, or speaks another protocol, is told apart', async () => {
    const one = device();
    const told = async (headers: Record<string, string>, path = '/') => {
      const response = await one.send(path, {}, headers);
      return { code: response.status, ...(await errorOf(response)) };
    };
    expect(await told({ authorization: '' })).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' });
    expect(await told({ 'offshoot-sync': 'x' })).toMatchObject({ code: 400 });
    expect(await told({ 'offshoot-sync': '2' })).toMatchObject({ code: 400, update: 'server' });
    expect(await told({ 'offshoot-sync': '0' })).toMatchObject({ code: 400, update: 'client' });
    const bare = await one.handler(new Request('http://sync.test/', { headers: { authorization: 'x' } }));
    expect(bare.status).toBe(400);
    expect(await told({}, '/changes?since=nonsense')).toMatchObject({ code: 400, path: 'since' });
    expect(await told({}, '/sessions/%ff')).toMatchObject({ code: 400 });
    expect((await one.send('/push')).status).toBe(405);
    const refusing = new Device(
      handlerOver(engine().database, {
        authorize: () => {
          throw new SessionStoreError('UNAVAILABLE', 'no directory');
        },
      }),
    );
    expect((await refusing.send('/')).status).toBe(503);
  });

  test('pages of the listed origins may ask, others are told nothing', async () => {
    const one = device({ origins: ['https://app.example'] });
    const ask = (method: string, origin: string) =>
      one.send('/push', { method }, { origin, 'access-control-request-method': 'POST' });
    const allowed = await ask('OPTIONS', 'https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('offshoot-sync');
    const refused = await ask('OPTIONS', 'https://evil.example');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await one.send('/', {}, { origin: 'https://app.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(
      (await one.send('/', {}, { authorization: '', origin: 'https://app.example' })).headers.get(
        'access-control-allow-origin',
      ),
    ).toBe('https://app.example');
  });

  test('an answer is held until somebody pushes, in this process or in another', async () => {
    const [one, here] = [device(), device()];
    const same = new Device(one.handler, one.tenant);
    const elsewhere = new Device(here.handler, one.tenant);
    const { incarnation } = await begin(one);
    for (const writer of [same, elsewhere]) {
      const { cursor } = await one.changes();
      const held = one.changes(`?since=${cursor}&wait=25`);
      await writer.push([snapshotLine(incarnation, `of ${writer.replica}`)]);
      expect((await held).sessions).toMatchObject([{ incarnation }]);
    }
  });

  test('a stream says that there is something, and nothing of what', async () => {
    const one = device();
    const { incarnation } = await begin(one);
    const { cursor } = await one.changes();
    const abort = new AbortController();
    const response = await one.send(
      `/changes?since=${cursor}`,
      { signal: abort.signal },
      { accept: 'text/event-stream' },
    );
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    await one.push([snapshotLine(incarnation, 'secret', { body: 'secret' })]);
    while (!text.includes('data')) text += (await reader.read()).value ?? '';
    const { cursor: now } = await one.changes();
    expect(text.replaceAll(':\n\n', '')).toBe(`event: changed\ndata: ${now!.split(':')[0]}\n\n`);
    abort.abort();
    await expect.poll(async () => (await reader.read()).done).toBe(true);
  });
}
