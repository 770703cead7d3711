import { Problem } from './problem.js';

/** Counts the requests of each tenant in a minute, in this process. */
export class Rate {
  #minute = 0;
  #counts = new Map<string, number>();

  /** Throws if there were too many. */
  count(tenant: string, limit: number, now: number): void {
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(tenant) ?? 0) + 1;
    this.#counts.set(tenant, count);
    if (count <= limit) return;
    throw new Problem(429, 'RESOURCE_EXHAUSTED', `more than ${limit} requests in a minute; wait`, {
      retryAfter: Math.ceil(((minute + 1) * 60_000 - now) / 1_000),
    });
  }
}
