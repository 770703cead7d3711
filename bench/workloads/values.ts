// Large values of one kind, for what time does when they grow.

const START = Date.UTC(2026, 0, 1);

const of = <T>(length: number, make: (at: number) => T) => Array.from({ length }, (_, at) => make(at));

interface Kind {
  /** How many parts the small one has; the large one has eight times as many. */
  parts: number;
  make(parts: number): Record<string, unknown>;
}

export const kinds: Record<string, Kind> = {
  'values-numbers': { parts: 125_000, make: (parts) => ({ list: of(parts, (at) => at * 1.5) }) },
  'values-flags': { parts: 125_000, make: (parts) => ({ list: of(parts, (at) => at % 3 === 0) }) },
  'values-dates': {
    parts: 25_000,
    make: (parts) => ({ list: of(parts, (at) => new Date(START + at * 1000)) }),
  },
  'values-objects': { parts: 25_000, make: (parts) => ({ list: of(parts, (id) => ({ id, on: true })) }) },
  'values-properties': {
    parts: 125_000,
    make: (parts) => ({ map: Object.fromEntries(of(parts, (at) => [`key-${at}`, at])) }),
  },
};

export const TIMES_LARGER = 8;
