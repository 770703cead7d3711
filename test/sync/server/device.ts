// A device without a store: sends what a test says, and reads what comes.
import { nanoid } from 'nanoid';
import { createSyncHandler, type SyncHandlerOptions } from '../../../src/server/index.js';
import {
  isPushEnd,
  type ChangesPage,
  type EntriesLine,
  type PushEnd,
  type PushHead,
  type PushResult,
  type SessionLine,
  type SessionPage,
  type SnapshotLine,
} from '../../../src/sync/protocol/index.js';

export type Handler = (request: Request) => Promise<Response>;

/** A handler that takes whoever names a tenant for that tenant. */
export const handlerOver = (
  database: SyncHandlerOptions['database'],
  more: Partial<SyncHandlerOptions> = {},
): Handler =>
  createSyncHandler({
    database,
    authorize: (request) => {
      const tenant = request.headers.get('authorization');
      if (!tenant) throw new Error('who?');
      return { tenant };
    },
    ...more,
  });

export const newTenant = (): string => `tenant ${nanoid()}`;

export class Device {
  readonly replica = nanoid();
  #log = 0;

  constructor(
    readonly handler: Handler,
    readonly tenant: string = newTenant(),
  ) {}

  send(path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> {
    return this.handler(
      new Request(`http://sync.test/api/sync${path}`, {
        ...init,
        headers: { 'offshoot-sync': '1', authorization: this.tenant, ...headers },
        ...(init.body instanceof ReadableStream && ({ duplex: 'half' } as object)),
      }),
    );
  }

  async get<Page>(path: string): Promise<Page> {
    const response = await this.send(path);
    if (!response.ok) throw Object.assign(new Error(await response.text()), { code: response.status });
    return (await response.json()) as Page;
  }

  changes(query = ''): Promise<ChangesPage> {
    return this.get(`/changes${query}`);
  }

  session(incarnation: string, since = 0, more = ''): Promise<SessionPage> {
    return this.get(`/sessions/${incarnation}?since=${since}${more}`);
  }

  post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    return this.send('/push', { method: 'POST', body }, headers);
  }

  async push(
    lines: object[],
    head: Partial<PushHead> = {},
    headers: Record<string, string> = {},
  ): Promise<PushResult[]> {
    return (await this.pushed(lines, head, headers)).results;
  }

  async pushed(
    lines: object[],
    head: Partial<PushHead> = {},
    headers: Record<string, string> = {},
  ): Promise<{ results: PushResult[]; end: PushEnd }> {
    const first = { replica: this.replica, heard: 1_000_000, ...head };
    const response = await this.post(
      [first, ...lines].map((line) => JSON.stringify(line)).join('\n'),
      headers,
    );
    const text = await response.text();
    if (!response.ok) throw Object.assign(new Error(text), { code: response.status });
    const answers = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as PushResult | PushEnd);
    return {
      results: answers.filter((answer): answer is PushResult => !isPushEnd(answer)),
      end: answers.find(isPushEnd)!,
    };
  }

  newLog(): string {
    return `${this.replica}:${++this.#log}`;
  }
}

export const sessionLine = (incarnation: string, more: Partial<SessionLine> = {}): SessionLine => ({
  op: 'session',
  incarnation,
  session: `session of ${incarnation}`,
  createdMs: 1_700_000_000_000,
  ...more,
});

export const entriesLine = (
  incarnation: string,
  log: string,
  at: number,
  texts: string[],
  more: Partial<EntriesLine> = {},
): EntriesLine => ({
  op: 'entries',
  incarnation,
  log,
  at,
  digests: texts.map(
    (text) => `digest-of-${text.length}-${Buffer.from(text).toString('base64url').slice(0, 60)}`,
  ),
  bodies: texts,
  ...more,
});

export const snapshotLine = (
  incarnation: string,
  id: string,
  more: Partial<SnapshotLine> = {},
): SnapshotLine => ({
  op: 'snapshot',
  incarnation,
  id,
  saw: 0,
  digest: `digest-${nanoid()}`,
  createdMs: 1_700_000_000_000,
  status: 'done',
  spans: [],
  body: '{}',
  ...more,
});

/** A session of one snapshot with these entries, pushed. */
export async function begin(device: Device, texts = ['one', 'two']) {
  const incarnation = nanoid();
  const id = `snapshot ${nanoid()}`;
  const log = device.newLog();
  const spans = texts.length > 0 ? [log, 0, texts.length] : [];
  const results = await device.push([
    sessionLine(incarnation),
    ...(texts.length > 0 ? [entriesLine(incarnation, log, 0, texts)] : []),
    snapshotLine(incarnation, id, { spans }),
  ]);
  return { incarnation, id, log, spans, seq: (results.at(-1) as { seq: number }).seq, results };
}
