import type { ErrorAnswer } from '../../sync/protocol/index.js';

/** What a request is answered with instead of 2xx. */
export class Problem extends Error {
  constructor(
    readonly code: number,
    readonly status: string,
    message: string,
    readonly more: { path?: string; update?: 'client' | 'server'; retryAfter?: number } = {},
  ) {
    super(message);
  }

  get answer(): ErrorAnswer {
    const { retryAfter: _, ...more } = this.more;
    return { error: { status: this.status, message: this.message, ...more } };
  }
}

export const invalid = (path: string, message: string): Problem =>
  new Problem(400, 'INVALID_ARGUMENT', `${path} ${message}`, { path });

export const unavailable = (): Problem =>
  new Problem(503, 'UNAVAILABLE', 'the database does not answer; try again', { retryAfter: 1 });
