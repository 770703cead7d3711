import { type Steps, UNITS } from '../../database/pace.js';
import type { LeftOut } from '../../types/transfer.js';
import { define } from '../../values/property.js';
import { anything, ownOf, record, type Shape } from '../../values/schema.js';
import { damagedShape } from '../format/checked-lists.js';
import { lineShapes } from '../format/line-schemas.js';

/** How many different ones are told apart; a file may have been made to have many. */
const MOST_NAMES = 100;
const LONGEST_NAME = 100;
const ANY_OTHER = '…';

/** Takes lines and fields of a newer format out that this one does not know, and counts them. */
export class LeftOutParts {
  readonly #counts = new Map<string, number>();

  list(): LeftOut[] {
    return Array.from(this.#counts, ([what, count]) => ({ what, count }));
  }

  /** The line with what is known of it; `undefined` for a line of an unknown type. What is no line is returned as it is. */
  *of(line: unknown): Steps<unknown> {
    const type = record(line) ? undefined : ownOf(line as object, 'type');
    if (typeof type !== 'string') return line;
    if (!Object.hasOwn(lineShapes, type)) {
      this.#count(type);
      return undefined;
    }
    const known = yield* this.#known(line as object, { type: anything, ...lineShapes[type] }, type);
    const { damaged } = known;
    if (type === 'end' && Array.isArray(damaged)) known['damaged'] = yield* this.#damaged(damaged);
    return known;
  }

  *#damaged(parts: readonly unknown[]): Steps<unknown[]> {
    const known: unknown[] = [];
    for (const part of parts) {
      if (known.length % UNITS === 0) yield;
      known.push(record(part) ? part : yield* this.#known(part as object, damagedShape, 'end.damaged'));
    }
    return known;
  }

  *#known(value: object, shape: Shape, where: string): Steps<Record<string, unknown>> {
    const known: Record<string, unknown> = {};
    let units = 0;
    for (const [key, content] of Object.entries(value)) {
      if (++units % UNITS === 0) yield;
      if (Object.hasOwn(shape, key)) define(known, key, content);
      else this.#count(`${where}.${key}`);
    }
    return known;
  }

  #count(name: string): void {
    const isNamed = this.#counts.has(name) || (this.#counts.size < MOST_NAMES && name.length <= LONGEST_NAME);
    const what = isNamed ? name : ANY_OTHER;
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}
