import { Unfit } from '../../encoding/nodes.js';

/** Limits: a free amount, and an amount for each byte of input. */
const LIMITS = {
  elements: { free: 100_000, perByte: 1 },
  /** An element that occurs many times is copied as often when it is read. */
  'bytes of elements': { free: 2 ** 26, perByte: 200 },
  holes: { free: 100_000, perByte: 1 },
  'places of media': { free: 100_000, perByte: 1 },
  /** A state with a start of its own costs a visit to all of its media. */
  'looks at media': { free: 1_000_000, perByte: 10 },
  'reserved bytes': { free: 2 ** 30, perByte: 1 },
};

/** Resources that a few bytes of a file could demand without limit. */
export type Scarce = keyof typeof LIMITS;

/** Limits what a session demands by the number of its bytes. */
export class Allowance {
  /** The bytes of the session's lines so far. */
  bytes = 0;
  readonly #used: Record<Scarce, number> = {
    elements: 0,
    'bytes of elements': 0,
    holes: 0,
    'places of media': 0,
    'looks at media': 0,
    'reserved bytes': 0,
  };

  readonly allow = (kind: Scarce, amount: number): void => {
    this.#used[kind] += amount;
    if (!(this.#used[kind] <= this.#most(kind))) throw this.#tooMany(kind);
  };

  /** Checks an amount for one state by itself, since only one state is assembled at a time. */
  readonly allowOnce = (kind: Scarce, amount: number): void => {
    if (!(amount <= this.#most(kind))) throw this.#tooMany(kind);
  };

  #most(kind: Scarce): number {
    return LIMITS[kind].free + LIMITS[kind].perByte * this.bytes;
  }

  #tooMany(kind: Scarce): Unfit {
    return new Unfit(`stands for more ${kind} than a session of ${this.bytes} bytes may have`);
  }
}
