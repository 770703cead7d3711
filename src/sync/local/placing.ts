import { startingWith } from '../../database/key-order.js';
import { logKey, type LogRow, ROW_FORMAT, type SessionRow, type Spans } from '../../database/schema.js';
import { merged, type Run, without } from '../../logs/runs.js';
import { addTo } from '../../values/collections.js';
import type { WireSpans } from '../protocol/index.js';
import type { Changing } from './changing.js';
import { closing, named } from './marks.js';
import type { Pulled, PulledEntry } from './pulled.js';

/** The approximate size of a row of entries, in bytes, as after a merge. */
const ROW_SIZE = 128 * 1024;

export function* wireSpansIn(spans: WireSpans): Generator<[wire: string, at: number, count: number]> {
  for (let i = 0; i < spans.length; i += 3)
    yield [spans[i] as string, spans[i + 1] as number, spans[i + 2] as number];
}

/** Where entries that were pulled are, or go, in this database. */
export class Placing {
  bytes = 0;
  readonly #numbers = new Map<string, number>();
  readonly #there = new Map<number, Run[]>();

  constructor(
    readonly changing: Changing,
    readonly replica: string,
    readonly entries: Pulled['entries'],
    /** The session's row, in which logs are closed. */
    public session: SessionRow,
  ) {}

  /** Whether all that spans reach is here, or was pulled. */
  async isComplete(spans: WireSpans): Promise<boolean> {
    for (const [wire, at, count] of wireSpansIn(spans)) {
      const pulled = this.entries.get(wire);
      const log = await this.#known(wire);
      const missing =
        log === undefined ? [[at, at + count] as Run] : await this.#missing(log, at, at + count);
      for (const [from, to] of missing)
        for (let each = from; each < to; each++) if (!pulled?.has(each)) return false;
    }
    return true;
  }

  /** Writes what is missing of spans. The server has all of it. */
  async place(spans: WireSpans): Promise<void> {
    // First all logs get their numbers, since entries refer to others.
    for (const [wire] of wireSpansIn(spans)) await this.#number(wire);
    for (const [wire, at, count] of wireSpansIn(spans)) {
      const log = this.local(wire);
      for (const [from, to] of await this.#missing(log, at, at + count))
        await this.#write(wire, log, from, to);
      const known = await this.changing.known.log(log);
      await this.changing.known.putLog(log, { ...known, sent: merged([...known.sent, [at, at + count]]) });
      this.#protect(wire, log, at + count);
    }
  }

  local(wire: string): number {
    return this.#numbers.get(wire)!;
  }

  /** Spans in the logs of this database. */
  localSpans(spans: WireSpans): Spans {
    return Array.from(wireSpansIn(spans), ([wire, at, count]) => [this.local(wire), at, count]).flat();
  }

  /** The value of an entry that was pulled. */
  valueAt(log: number, at: number): unknown {
    for (const [wire, number] of this.#numbers)
      if (number === log) return this.entries.get(wire)?.get(at)?.value;
    return undefined;
  }

  /** The number that a log has here, if any. Our own have it in their name. */
  async #known(wire: string): Promise<number | undefined> {
    const known = this.#numbers.get(wire);
    if (known !== undefined) return known;
    const own = wire.startsWith(`${this.replica}:`) ? Number(wire.slice(this.replica.length + 1)) : NaN;
    return Number.isSafeInteger(own) ? own : this.changing.known.get('wire', wire);
  }

  async #number(wire: string): Promise<void> {
    let log = await this.#known(wire);
    if (log === undefined) {
      log = await this.changing.number();
      await this.changing.known.put('wire', wire, log);
      await this.changing.known.putLog(log, { wire, sent: [] });
    }
    this.#numbers.set(wire, log);
  }

  /** Nobody here may append to a log of another device, or write below what the server has of our own. */
  #protect(wire: string, log: number, end: number): void {
    const isNamed = this.session.named?.some((each, index) => index % 2 === 0 && each === log);
    const isOwn = wire.startsWith(`${this.replica}:`);
    this.session = isOwn && isNamed ? named(this.session, log, end) : closing(this.session, log);
  }

  async #missing(log: number, from: number, to: number): Promise<Run[]> {
    let there = this.#there.get(log);
    if (!there) {
      const keys = await this.changing.transaction.objectStore('logs').getAllKeys(startingWith(log));
      there = merged(keys.map(([, end, start]): Run => [start, end]));
      this.#there.set(log, there);
    }
    return without([[from, to]], there);
  }

  async #write(wire: string, log: number, from: number, to: number): Promise<void> {
    const pulled = this.entries.get(wire)!;
    let row: LogRow | undefined;
    for (let at = from; at < to; at++) {
      const entry = pulled.get(at)!;
      if (row && row.size + entry.size > ROW_SIZE) {
        await this.#put(log, row);
        row = undefined;
      }
      row ??= { format: ROW_FORMAT, at, size: 0, entries: [] };
      this.#append(row, entry);
    }
    if (row) await this.#put(log, row);
    this.#there.set(log, merged([...this.#there.get(log)!, [from, to]]));
  }

  #append(row: LogRow, { value, media, isPlain, size }: PulledEntry): void {
    const index = row.entries.push(value) - 1;
    row.size += size;
    if (!isPlain) (row.intricate ??= []).push(index);
    for (const [path, wire, at] of media) (row.media ??= []).push([index, path, this.local(wire), at]);
  }

  async #put(log: number, row: LogRow): Promise<void> {
    this.bytes += row.size;
    await this.changing.transaction.objectStore('logs').put(row, logKey(log, row));
  }
}

/** The places of one list of spans that are in none of the others: of a state, those of its media. */
export function placesBeside(all: Spans, others: readonly Spans[]): Spans {
  const known = new Map<number, Run[]>();
  for (const spans of others)
    for (let i = 0; i < spans.length; i += 3)
      addTo(known, spans[i]!, [spans[i + 1]!, spans[i + 1]! + spans[i + 2]!]);
  const rest: Spans = [];
  for (let i = 0; i < all.length; i += 3) {
    const [log, at, count] = [all[i]!, all[i + 1]!, all[i + 2]!];
    for (const [from, to] of without([[at, at + count]], merged(known.get(log) ?? [])))
      rest.push(log, from, to - from);
  }
  return rest;
}
