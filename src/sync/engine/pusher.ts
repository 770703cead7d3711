import { SessionStoreError } from '../../errors.js';
import type { PushHead, PushLine } from '../protocol/push.js';
import { isRefused, type PushResult, type Refused } from '../protocol/results.js';
import { WireFault } from '../wire/fault.js';
import type { SyncServer } from '../wire/sync-server.js';
import type { Begun, Collected, LocalSync } from '../local/local-sync.js';
import type { SyncEvent } from '../local/events.js';

/** Rows of a push at first; the server may allow more, but a small one shows others sooner. */
const ROWS = 500;
/** Lines become longer by escapes and names; what is over the server's limit is halved. */
const SHARE = 0.8;
/** Pushes in a row of which the server took no line. Conflicts and copied profiles need two. */
const MOST_IN_VAIN = 4;

/** What a later attempt will bring again, by the words of the server. */
const LASTING = new Set(['invalid', 'too-large', 'full', 'newer', 'missing']);

export interface Pushed {
  /** What the server would not have. */
  refused: SessionStoreError[];
  lineCount: number;
}

/** Sends what is queued, in pushes that the server takes. */
export class Pusher {
  /** Halved when the server finds a push too large. */
  #scale = 1;

  constructor(
    readonly local: LocalSync,
    readonly server: SyncServer,
    readonly tell: (events: SyncEvent[]) => void,
  ) {}

  /**
   * Sends everything that is queued. `heldBefore`: also what it would not have before
   * that instant. Rejects with a `WireFault` or the signal's reason; what was answered until then is noted.
   */
  async push(begun: Begun, heldBefore: number | undefined, signal: AbortSignal): Promise<Pushed> {
    const begunAt = performance.now();
    const refused: SessionStoreError[] = [];
    let { replica } = begun;
    let lineCount = 0;
    let inVain = 0;
    while (inVain < MOST_IN_VAIN) {
      signal.throwIfAborted();
      const collected = await this.#collect(heldBefore);
      const { lines, token, push } = collected;
      if (lines.length === 0) break;
      const collectedAt = performance.now();
      const { heardMs, cursor } = begun;
      const head: PushHead = { replica, push };
      if (heardMs !== undefined) head.heard = heardMs + (collectedAt - begunAt);
      const answer = await this.#send({ head, lines, collectedAt, cursor }, signal);
      if (!answer) continue;
      lineCount += lines.length;
      const { events } = await this.local.accept(token, answer.results, answer.end);
      const held = answer.results.filter(isRefused).filter((result) => LASTING.has(result.refused));
      for (const result of held) refused.push(refusal(result, lines[result.line]));
      this.tell([...events, ...held.map((result) => told(result, lines[result.line]))]);
      if (answer.results.some((result) => isRefused(result) && result.refused === 'copied')) {
        await this.local.newReplica();
        ({ replica } = await this.local.begin());
      }
      if (answer.fault) throw answer.fault;
      inVain = answer.results.some((result) => !isRefused(result)) ? 0 : inVain + 1;
    }
    return { refused, lineCount };
  }

  #collect(heldBefore: number | undefined): Promise<Collected> {
    const { requestRows, requestBytes } = this.server.limits;
    return this.local.collect({
      rows: Math.max(1, Math.floor(Math.min(requestRows, ROWS) * this.#scale)),
      bytes: Math.max(1, Math.floor(requestBytes * SHARE * this.#scale)),
      ...(heldBefore !== undefined && { heldBefore }),
    });
  }

  /** `undefined` if the push was too large and a smaller one may pass. */
  async #send(
    what: Parameters<SyncServer['push']>[0],
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<SyncServer['push']>> | undefined> {
    try {
      const answer = await this.server.push(what, signal);
      // Back to large ones by and by: what was too large may have been one row.
      this.#scale = Math.min(1, this.#scale * 2);
      return answer;
    } catch (error) {
      if (!(error instanceof WireFault) || error.kind !== 'too-large') throw error;
      if (what.lines.length > 1 && this.#scale > 1 / ROWS) {
        this.#scale /= 2;
        return undefined;
      }
      const results: PushResult[] = what.lines.map((_, line) => ({
        line,
        refused: 'too-large',
        path: '',
        bytes: 0,
        limit: this.server.limits.requestBytes,
      }));
      return { results };
    }
  }
}

function told(result: Refused, line: PushLine | undefined): SyncEvent {
  const event: SyncEvent = { type: 'refused', code: result.refused, message: reason(result) };
  if (line?.op === 'session') event.sessionId = line.session;
  if (line?.op === 'snapshot' || line?.op === 'delete-snapshot') event.snapshotId = line.id;
  return event;
}

function refusal(result: Refused, line: PushLine | undefined): SessionStoreError {
  const what =
    line?.op === 'snapshot' || line?.op === 'delete-snapshot'
      ? `the snapshot '${line.id}'`
      : line?.op === 'session'
        ? `the session '${line.session}'`
        : 'a part of a session';
  const status = result.refused === 'full' ? 'RESOURCE_EXHAUSTED' : 'FAILED_PRECONDITION';
  return new SessionStoreError(
    status,
    `the server of sync does not take ${what}: ${reason(result)}. It is kept here, and sent again later`,
    'path' in result ? result.path : undefined,
  );
}

function reason(result: Refused): string {
  switch (result.refused) {
    case 'invalid':
      return `${result.path}: ${result.message}`;
    case 'too-large':
      return `${result.path || 'it'} is larger than the ${result.limit} bytes that it allows`;
    case 'full':
      return `there is room for ${result.limit} bytes, and they are taken. Delete sessions, or get more room`;
    case 'newer':
      return `it has format ${result.format}. Update the server, or this app`;
    default:
      return 'something that it needs is not there yet';
  }
}
