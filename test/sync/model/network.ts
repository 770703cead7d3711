import type { PushLine } from '../../../src/sync/protocol/push.js';
import type { Fault } from './actions.js';

/** The way of one device to the server, which loses what it is told to, and knows what was sent. */
export class Network {
  #fault: Fault | undefined;
  #meanwhile: { request: number; run: () => Promise<unknown> } | undefined;
  #requests = 0;
  /** Whether a request of the last sync did not go as it should. */
  faults = 0;
  /** Lines of pushes that arrived, in order. */
  readonly pushed: PushLine[] = [];

  constructor(
    readonly handler: (request: Request) => Promise<Response>,
    readonly tenant: string,
  ) {}

  begin(fault?: Fault, meanwhile?: { request: number; run: () => Promise<unknown> }): void {
    this.#fault = fault;
    this.#meanwhile = meanwhile;
    this.#requests = 0;
  }

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const at = this.#requests++;
    if (this.#meanwhile?.request === at) await this.#meanwhile.run();
    const kind = this.#fault?.request === at ? this.#fault.kind : undefined;
    if (kind) this.faults += 1;
    if (kind === 'lost') throw new TypeError('the request was lost');
    if (kind === 'twice') await this.#send(url, init);
    const response = await this.#send(url, init);
    if (kind === 'unanswered') throw new TypeError('the answer was lost');
    if (kind !== 'cut') return response;
    const text = await response.text();
    return new Response(text.slice(0, Math.floor(text.length * 0.6)), {
      status: response.status,
      headers: response.headers,
    });
  };

  async #send(url: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', this.tenant);
    const { signal: _, cache: __, ...rest } = init;
    if (url.endsWith('/push') && typeof init.body === 'string') {
      const [, ...lines] = init.body.trim().split('\n');
      this.pushed.push(...lines.map((line) => JSON.parse(line) as PushLine));
    }
    return this.handler(new Request(url, { ...rest, headers }));
  }
}
