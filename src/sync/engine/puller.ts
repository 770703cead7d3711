import type { ChangesPage } from '../protocol/pages.js';
import { WireFault } from '../wire/fault.js';
import type { SyncServer } from '../wire/sync-server.js';
import type { BehindSession, LocalSync } from '../local/local-sync.js';
import type { SyncEvent } from '../local/events.js';

/** Sessions that are fetched at the same time, while one is applied. */
const AT_ONCE = 4;

/** The server does not know this device's cursor, because it was restored from a backup. */
export class ServerWentBack extends Error {
  constructor(readonly generation: string) {
    super('the server of sync was restored from a backup');
  }
}

/** Fetches what others changed. */
export class Puller {
  constructor(
    readonly local: LocalSync,
    readonly server: SyncServer,
    readonly tell: (events: SyncEvent[]) => void,
  ) {}

  /** Rejects with a `WireFault`, `ServerWentBack` or the signal's reason; what was applied until then stays, as does what is behind. */
  async pull(signal: AbortSignal): Promise<void> {
    await this.#list(signal);
    await this.#states(signal);
  }

  /** Which sessions there are, and which have changed: all pages. */
  async #list(signal: AbortSignal): Promise<void> {
    const { cursor, generation } = await this.local.begin();
    this.server.generation = generation;
    if (cursor === undefined) return this.#wholeList(true, signal);
    try {
      await this.#since(cursor, signal);
    } catch (error) {
      if (!(error instanceof WireFault) || error.kind !== 'horizon') throw error;
      await this.#wholeList(false, signal);
    }
  }

  async #since(from: string, signal: AbortSignal): Promise<void> {
    let since = from;
    while (true) {
      const page = await this.server.changes({ since }, signal);
      await this.#apply(page);
      // A server that stands still would be asked for ever.
      if (!page.more || page.cursor === undefined || page.cursor === since) return;
      since = page.cursor;
    }
  }

  /**
   * The list from the beginning, newest first. It has no deletes, so what is not in it is asked for, before the cursor says
   * that all is known. `isFirst`: there was no cursor, so nothing else could say that the server went back.
   */
  async #wholeList(isFirst: boolean, signal: AbortSignal): Promise<void> {
    const unseen = new Set(await this.local.said());
    let after: string | undefined;
    while (true) {
      const page = await this.server.changes(after === undefined ? {} : { after }, signal);
      for (const { incarnation } of page.sessions) unseen.delete(incarnation);
      if (page.cursor !== undefined) await this.#missed(page, unseen, isFirst, signal);
      await this.#apply(page);
      if (page.cursor !== undefined) {
        // What changed while the list was read.
        if (page.more) await this.#since(page.cursor, signal);
        return;
      }
      if (page.next === undefined || page.next === after)
        throw new WireFault('offline', 'the list has no end');
      after = page.next;
    }
  }

  /** What this device has pushed or pulled before, and the list does not have. */
  async #missed(
    page: ChangesPage,
    incarnations: Iterable<string>,
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    this.#requireSame(page);
    const seq = Number.parseInt(page.cursor ?? '', 10) || 0;
    const gone: string[] = [];
    for (const incarnation of incarnations) {
      try {
        await this.server.session(incarnation, seq, undefined, signal);
      } catch (error) {
        if (!isAbsent(error)) throw error;
        if (error.kind === 'horizon') gone.push(incarnation);
        else if (isFirst) throw new ServerWentBack(page.generation);
      }
    }
    if (gone.length > 0) this.tell((await this.local.gone(gone)).events);
  }

  async #apply(page: ChangesPage): Promise<void> {
    this.#requireSame(page);
    this.server.generation = page.generation;
    this.tell((await this.local.applyChanges(page)).events);
  }

  #requireSame({ reset, generation }: ChangesPage): void {
    const known = this.server.generation;
    if (reset || (known !== undefined && generation !== known)) throw new ServerWentBack(generation);
  }

  /** What is in the sessions that have changed. One that cannot be fetched keeps none of the others waiting. */
  async #states(signal: AbortSignal): Promise<void> {
    const tried = new Set<string>();
    let failure: unknown;
    while (true) {
      const behind = await this.local.behind(AT_ONCE + tried.size);
      const next = behind.filter(({ incarnation }) => !tried.has(incarnation)).slice(0, AT_ONCE);
      if (next.length === 0) break;
      for (const { incarnation } of next) tried.add(incarnation);
      const outcomes = await Promise.allSettled(next.map((session) => this.#state(session, signal)));
      signal.throwIfAborted();
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled' || isAbsent(outcome.reason)) continue;
        if (outcome.reason instanceof WireFault || outcome.reason instanceof ServerWentBack)
          throw outcome.reason;
        failure ??= outcome.reason;
      }
    }
    if (failure) throw failure;
  }

  async #state({ incarnation, since, whole }: BehindSession, signal: AbortSignal): Promise<void> {
    const { replica } = await this.local.begin();
    const page = await this.server.session(
      incarnation,
      whole ? 0 : since,
      whole ? undefined : replica,
      signal,
    );
    if (page.generation !== this.server.generation) throw new ServerWentBack(page.generation);
    this.tell((await this.local.applySession(incarnation, page.rows, page)).events);
  }
}

/** It was deleted since the list was read; the next one says so. */
const isAbsent = (error: unknown): error is WireFault =>
  error instanceof WireFault && (error.kind === 'absent' || error.kind === 'horizon');
