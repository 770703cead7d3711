import { requireType } from './answer.js';
import { WireFault } from './fault.js';
import { linesOf, textOf } from './lines.js';
import type { Requests } from './requests.js';

/** The server beats at least every 20 s; a stream that says nothing for longer only looks open. */
const SILENCE_MS = 45_000;

/** How long the server may hold an answer (`wait=25`), in ms. */
const HELD_MS = 40_000;

/** The number in a cursor, `<seq>:<token>`; what is none is new. */
export const seqOf = (cursor: string): number => Number(/^\d+(?=:)/.exec(cursor)?.[0] ?? Infinity);

/** A stream that ends sooner, so many times in a row, is not let through here. */
const SHORT_MS = 5000;
const MOST_SHORT = 3;

/**
 * Hears that there is something new on the server: by a stream of events, and where none comes through, as behind proxies
 * that gather what they pass on, by answers that the server holds.
 */
export class Listener {
  #short = 0;
  #isPolling = false;

  constructor(
    readonly requests: Requests,
    /** There are rows up to this number. */
    readonly changed: (seq: number) => void,
  ) {}

  /** Listens until the stream or one answer ends; rejects with a `WireFault` or the signal's reason. To be called again and again. */
  async listen(since: string, signal: AbortSignal): Promise<void> {
    const path = `/changes?since=${encodeURIComponent(since)}`;
    if (this.#isPolling) return this.#poll(path, since, signal);
    const stream = { heard: false };
    const begun = performance.now();
    let isSilent = false;
    try {
      await this.#stream(path, stream, signal);
    } catch (error) {
      if (!(error instanceof WireFault) || error.kind !== 'offline' || stream.heard) throw error;
      isSilent = true;
    } finally {
      this.#short = performance.now() - begun < SHORT_MS ? this.#short + 1 : 0;
      this.#isPolling = isSilent || this.#short >= MOST_SHORT;
    }
  }

  async #stream(path: string, stream: { heard: boolean }, signal: AbortSignal): Promise<void> {
    const call = { headers: { accept: 'text/event-stream' }, signal, limitMs: SILENCE_MS };
    await this.requests.answered(path, call, async (response, deadline) => {
      requireType(response, /^text\/event-stream/i);
      let [event, data] = ['', ''];
      for await (const line of linesOf(textOf(response, deadline))) {
        stream.heard = true;
        if (line.startsWith('event:')) event = line.slice(6).trim();
        if (line.startsWith('data:')) data = line.slice(5).trim();
        if (line !== '') continue;
        if (event === 'changed') this.changed(Number(data) || Infinity);
        event = data = '';
      }
    });
  }

  async #poll(path: string, since: string, signal: AbortSignal): Promise<void> {
    try {
      const page = await this.requests.json(`${path}&wait=25`, { signal, limitMs: HELD_MS });
      const cursor = String((page as { cursor?: unknown } | null)?.cursor);
      if (cursor !== since) this.changed(seqOf(cursor));
    } catch (error) {
      // Perhaps the network is another one now.
      this.#isPolling = false;
      throw error;
    }
  }
}
