import { type Fetch, ownFetch } from '../../platform/network.js';
import { PROTOCOL_HEADER } from '../protocol/versions.js';
import { Deadline } from './deadline.js';
import { faultOf } from './answer.js';
import { WireFault } from './fault.js';
import { textOf } from './lines.js';

/** How long a request, and then each piece of its answer, may take, in ms. */
export const LIMIT_MS = 30_000;

/** What is sent beside the body: who is signed in. `again` after the server did not take the last ones. */
export type HeadersCallback = (call: { again: boolean }) => HeadersInit | Promise<HeadersInit>;

export interface WireOptions {
  url: string;
  fetch?: Fetch | undefined;
  headers?: HeadersInit | HeadersCallback | undefined;
}

export interface Call {
  method?: string;
  headers?: Record<string, string>;
  /** Made anew for each attempt, since what it says of ages is true when it is sent. */
  body?: () => BodyInit;
  signal?: AbortSignal | undefined;
  limitMs?: number;
}

/** One request after the other to one server of sync. */
export class Requests {
  readonly #base: string;
  readonly #fetch: Fetch;
  readonly #headers: WireOptions['headers'];
  /** Headers of every request. */
  readonly always = new Map<string, string>();

  constructor(
    options: WireOptions,
    readonly version: number,
  ) {
    this.#base = options.url.replace(/\/+$/, '');
    this.#fetch = options.fetch ?? ownFetch;
    this.#headers = options.headers;
  }

  /** Answers with JSON, whole. */
  async json(path: string, call: Call = {}): Promise<unknown> {
    return this.answered(path, call, async (response, deadline) => {
      let text = '';
      for await (const piece of textOf(response, deadline)) text += piece;
      try {
        return JSON.parse(text) as unknown;
      } catch (cause) {
        throw new WireFault('offline', 'the answer of the server of sync was cut', cause);
      }
    });
  }

  /**
   * Sends a request and reads its answer within the time limit; rejects with a `WireFault`, or with the signal's reason. Where
   * the server does not take who is signed in, `headers` is asked once more.
   */
  async answered<T>(
    path: string,
    call: Call,
    read: (response: Response, deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#once(path, call, false, read);
    } catch (error) {
      const isAskedAgain = typeof this.#headers === 'function';
      if (!isAskedAgain || !(error instanceof WireFault) || error.kind !== 'needs-auth') throw error;
      return this.#once(path, call, true, read);
    }
  }

  async #once<T>(
    path: string,
    { method = 'GET', headers, body, signal, limitMs = LIMIT_MS }: Call,
    again: boolean,
    read: (response: Response, deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const late = () =>
      new WireFault('offline', `the server of sync did not answer within ${limitMs / 1000} s`);
    const deadline = new Deadline(limitMs, late, signal);
    try {
      const own = await deadline.race(this.#own(again));
      for (const [name, value] of Object.entries(headers ?? {})) own.set(name, value);
      deadline.signal.throwIfAborted();
      const sent = this.#fetch(`${this.#base}${path}`, {
        method,
        headers: own,
        signal: deadline.signal,
        cache: 'no-store',
        ...(body && { body: body() }),
      });
      const response = await deadline.race(sent);
      deadline.extend();
      if (!response.ok) throw await faultOf(response, deadline);
      return await read(response, deadline);
    } catch (error) {
      if (error instanceof WireFault || (signal?.aborted && error === signal.reason)) throw error;
      throw new WireFault('offline', 'the server of sync cannot be reached', error);
    } finally {
      deadline.end();
    }
  }

  async #own(again: boolean): Promise<Headers> {
    let given = this.#headers;
    try {
      if (typeof given === 'function') given = await given({ again });
    } catch (cause) {
      throw new WireFault('needs-auth', 'options.headers failed; see cause', cause);
    }
    const headers = new Headers(given);
    headers.set(PROTOCOL_HEADER, String(this.version));
    for (const [name, value] of this.always) headers.set(name, value);
    return headers;
  }
}
