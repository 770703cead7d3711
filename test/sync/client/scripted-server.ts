import type { ListedSession, SessionRowLine } from '../../../src/sync/protocol/pages.js';
import type { PushHead, PushLine } from '../../../src/sync/protocol/push.js';
import type { Refusal } from '../../../src/sync/protocol/results.js';

type Answer = Response | Promise<Response> | undefined;

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: string;
  signal: AbortSignal | null | undefined;
}

export const json = (value: unknown, init?: { status: number; headers: Record<string, string> }) =>
  new Response(JSON.stringify(value), {
    ...init,
    headers: { 'content-type': 'application/json', ...init?.headers },
  });

export const failed = (status: number, message = 'no', headers: Record<string, string> = {}) =>
  json({ error: { status: 'INTERNAL', message } }, { status, headers });

/** A server that takes everything; `first` may answer in its place. */
export class ScriptedServer {
  readonly asked: Asked[] = [];
  readonly taken: PushLine[] = [];
  readonly heads: PushHead[] = [];
  readonly sessions: ListedSession[] = [];
  readonly rows = new Map<string, SessionRowLine[]>();
  readonly media = new Map<string, Uint8Array>();
  tenant = 'tenant';
  generation = 'first';
  versions = { oldest: 1, newest: 1 };
  seq = 0;
  first: (asked: Asked) => Answer = () => undefined;
  refuse: (line: PushLine) => Refusal | undefined = () => undefined;
  #streams: ReadableStreamDefaultController<Uint8Array>[] = [];

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const { pathname, searchParams } = new URL(url);
    const asked: Asked = {
      method: init.method ?? 'GET',
      path: pathname.replace(/^\/sync/, ''),
      query: searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : '',
      signal: init.signal,
    };
    this.asked.push(asked);
    return (await this.first(asked)) ?? this.#answer(asked, init);
  };

  get cursor(): string {
    return `${this.seq}:token`;
  }

  /** What was asked, as `GET /changes`. */
  get requests(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  /** Another device has pushed. */
  change(incarnation: string, rows: SessionRowLine[] = []): void {
    this.seq += 1;
    this.sessions.push({
      incarnation,
      session: incarnation,
      seq: this.seq,
      createdMs: 0,
      updatedMs: 0,
      latestMs: 0,
      snapshots: rows.length,
      fields: {},
    });
    this.rows.set(incarnation, rows);
    this.say(`event: changed\ndata: ${this.seq}\n\n`);
  }

  /** Says something to all who listen. */
  say(text: string): void {
    for (const stream of this.#streams) stream.enqueue(new TextEncoder().encode(text));
  }

  get listeners(): number {
    return this.#streams.length;
  }

  /** Ends all streams. */
  hangUp(): void {
    for (const stream of this.#streams.splice(0)) stream.close();
  }

  pushAnswer(body: string): string[] {
    const [head, ...lines] = body.trim().split('\n');
    this.heads.push(JSON.parse(head!) as PushHead);
    const before = this.cursor;
    const results = lines.map((text, index) => {
      const line = JSON.parse(text) as PushLine;
      const refusal = this.refuse(line);
      if (refusal) return { line: index + 1, ...refusal };
      this.taken.push(line);
      this.seq += 1;
      return { line: index + 1, seq: this.seq };
    });
    const end = { end: true, now: 0, generation: this.generation, before, cursor: this.cursor, sessions: {} };
    return [...results, end].map((line) => `${JSON.stringify(line)}\n`);
  }

  #answer({ path, query, headers, body, signal, method }: Asked, init: RequestInit): Response {
    const stamp = { generation: this.generation, now: Date.now() };
    if (path === '/') {
      const limits = { requestBytes: 4e6, requestRows: 2000, valueBytes: 256 * 1024, partBytes: 1024 * 1024 };
      return json({ ...stamp, versions: this.versions, tenant: this.tenant, limits });
    }
    if (path === '/push') {
      return new Response(this.pushAnswer(body).join(''), {
        headers: { 'content-type': 'application/jsonl' },
      });
    }
    if (path.startsWith('/media/')) return this.#medium(method, path, init);
    if (path.startsWith('/sessions/')) {
      const rows = this.rows.get(path.slice('/sessions/'.length));
      return rows ? json({ ...stamp, seq: this.seq, more: false, rows }) : failed(404);
    }
    if (headers.get('accept') === 'text/event-stream') return this.#stream(signal);
    const since = Number.parseInt(query.get('since') ?? '0', 10);
    const sessions = this.sessions.filter(({ seq }) => seq > since);
    return json({ ...stamp, cursor: this.cursor, more: false, sessions });
  }

  #medium(method: string, path: string, { body }: RequestInit): Response {
    if (method === 'GET') return new Response(this.media.get(path)!.slice());
    this.media.set(path, new Uint8Array(body as Uint8Array<ArrayBuffer>));
    return new Response(null, { status: 204 });
  }

  #stream(signal: AbortSignal | null | undefined): Response {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#streams.push(controller);
        signal?.addEventListener('abort', () => {
          this.#streams = this.#streams.filter((other) => other !== controller);
          controller.error(signal.reason);
        });
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  }
}
