import { satisfying } from './schema.js';

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-](?:[01]\d|2[0-3])):([0-5]\d))$/i;

/**
 * The instant that an RFC 3339 time names, in ms since 1970 with a fraction, as fine as a number holds; `NaN` for
 * anything else: a time without an offset, which means another instant in each time zone, a date that no calendar has,
 * a leap second, which no `Date` can tell.
 */
export function instantOf(text: unknown): number {
  const [, date, time, digits = '', hours, minutes] = (typeof text === 'string' && RFC_3339.exec(text)) || [];
  const local = `${date}T${time}.${digits.slice(0, 3).padEnd(3, '0')}Z`;
  const localMs = Date.parse(local);
  const offset = hours ? Number(hours) * 60 + Number(hours[0] + minutes!) : 0;
  const ms = localMs - offset * 60_000;
  // What a calendar lacks moves to the next month, and other years than 0 to 9999 are written in more digits.
  const isReal = isoOf(localMs) === local && isoOf(ms).length === local.length;
  return isReal ? ms + Number(`.${digits.slice(3)}0`) : NaN;
}

const isoOf = (ms: number) => (Number.isNaN(ms) ? '' : new Date(ms).toISOString());

export const instant = satisfying(
  (value) => !Number.isNaN(instantOf(value)),
  'an RFC 3339 time with an offset, as toISOString() writes it',
);
