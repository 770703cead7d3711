import { LIMITS, type Limits } from '../protocol/limits.js';
import type { ChangesPage, ServerInfo, SessionPage, SessionRowLine } from '../protocol/pages.js';
import { GENERATION_HEADER, OLDEST_PROTOCOL, PROTOCOL, TENANT_HEADER } from '../protocol/versions.js';
import { changesPage, serverInfo, sessionPage } from './checked.js';
import { WireFault } from './fault.js';
import { localBody } from './media.js';
import { push, type Push, type PushAnswer } from './push.js';
import { Requests, type WireOptions } from './requests.js';

/** The server as the engine sees it: what can be asked of it. All of it rejects with a `WireFault` or the signal's reason. */
export class SyncServer {
  readonly requests: Requests;
  limits: Limits = LIMITS;
  #generation: string | undefined;

  constructor(options: WireOptions) {
    this.requests = new Requests(options, PROTOCOL);
  }

  /** Who is signed in, and what the server takes. */
  async info(signal: AbortSignal): Promise<ServerInfo> {
    // Of whom this device is, the server need not know yet.
    this.requests.always.clear();
    const info = serverInfo(await this.requests.json('/', { signal }));
    const { oldest, newest } = info.versions;
    if (newest < OLDEST_PROTOCOL || oldest > PROTOCOL) {
      const older = newest < OLDEST_PROTOCOL ? 'the server of sync' : 'the app';
      throw new WireFault(
        'version',
        `${older} is too old: the app speaks ${OLDEST_PROTOCOL} to ${PROTOCOL}, the server ${oldest} to ${newest}. Update ${older}`,
      );
    }
    this.limits = { ...LIMITS, ...info.limits };
    this.requests.always.set(TENANT_HEADER, info.tenant);
    this.generation = this.#generation;
    return info;
  }

  /** The life of the server that this device knows; `undefined` before the first answer. */
  get generation(): string | undefined {
    return this.#generation;
  }

  set generation(generation: string | undefined) {
    this.#generation = generation;
    if (generation === undefined) this.requests.always.delete(GENERATION_HEADER);
    else this.requests.always.set(GENERATION_HEADER, generation);
  }

  push(what: Push, signal: AbortSignal): Promise<PushAnswer> {
    return push(this.requests, what, this.limits, signal);
  }

  /** What changed since; without a cursor the whole list, newest first, `after` a page of it. */
  async changes(at: { since?: string; after?: string }, signal: AbortSignal): Promise<ChangesPage> {
    const query = new URLSearchParams(at.since === undefined ? { order: 'newest' } : { since: at.since });
    if (at.after !== undefined) query.set('after', at.after);
    return changesPage(await this.requests.json(`/changes?${query.toString()}`, { signal }));
  }

  /** What changed in a session, all pages; `replica` leaves out the bodies of its own entries. */
  async session(
    incarnation: string,
    since: number,
    replica: string | undefined,
    signal: AbortSignal,
  ): Promise<SessionPage> {
    const rows: SessionRowLine[] = [];
    let at = since;
    while (true) {
      const query = new URLSearchParams({ since: String(at), ...(replica !== undefined && { replica }) });
      const path = `/sessions/${encodeURIComponent(incarnation)}?${query.toString()}`;
      const page = sessionPage(await this.requests.json(path, { signal }));
      for (const row of page.rows) rows.push(await this.#whole(row, signal));
      // A server that stands still would be asked for ever.
      if (!page.more || page.seq <= at) return { ...page, rows };
      at = page.seq;
    }
  }

  async #whole(row: SessionRowLine, signal: AbortSignal): Promise<SessionRowLine> {
    if (row.op === 'snapshot') return { ...row, body: await localBody(row.body, this.requests, signal) };
    if (row.op !== 'entries' || !row.bodies) return row;
    const bodies: typeof row.bodies = [];
    for (const body of row.bodies) bodies.push(await localBody(body, this.requests, signal));
    return { ...row, bodies };
  }
}
