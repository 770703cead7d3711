import { satisfying } from './schema.js';

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-](?:[01]\d|2[0-3])):([0-5]\d))$/i;

/**
 * The instant of an RFC 3339 time, in ms since 1970 with a fraction, as precise as a number allows. `NaN` for anything
 * else: a time without an offset, which depends on the time zone; a date that no calendar has; a leap second, which no
 * `Date` can hold.
 */
export function instantOf(text: unknown): number {
  const [, date, time, digits = '', hours, minutes] = (typeof text === 'string' && RFC_3339.exec(text)) || [];
  const local = `${date}T${time}.${digits.slice(0, 3).padEnd(3, '0')}Z`;
  const localMs = Date.parse(local);
  const offset = hours ? Number(hours) * 60 + Number(hours[0] + minutes!) : 0;
  const ms = localMs - offset * 60_000;
  // Invalid days overflow into the next month, and years outside of 0 to 9999 are written with more digits.
  const isReal = isoOf(localMs) === local && isoOf(ms).length === local.length;
  return isReal ? ms + Number(`.${digits.slice(3)}0`) : NaN;
}

const isoOf = (ms: number) => (Number.isNaN(ms) ? '' : new Date(ms).toISOString());

export const instant = satisfying(
  (value) => !Number.isNaN(instantOf(value)),
  'an RFC 3339 time with an offset, as toISOString() writes it',
);
