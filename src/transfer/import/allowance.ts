import { Unfit } from '../../encoding/nodes.js';

/** How much may be had for nothing, and how much for each byte. */
const LIMITS = {
  elements: { free: 100_000, perByte: 1 },
  /** An element that comes again and again is copied as often when it is read. */
  'bytes of elements': { free: 2 ** 26, perByte: 200 },
  holes: { free: 100_000, perByte: 1 },
  'places of media': { free: 100_000, perByte: 1 },
  /** A state that begins where no other does costs going through all of its media. */
  'looks at media': { free: 1_000_000, perByte: 10 },
  'reserved bytes': { free: 2 ** 30, perByte: 1 },
};

/** What a few bytes of a file could stand for any number of. */
export type Scarce = keyof typeof LIMITS;

/** Sees to it that a session stands for no more than it has bytes. */
export class Allowance {
  /** Of the session's lines so far. */
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

  /** Of one state, whatever others have: only one of them is ever put together. */
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
