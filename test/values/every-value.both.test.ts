import { describe, expect, it } from 'vitest';
import { cases, wantedOf, ways } from './ways.js';

describe('every value comes back as it was, or is refused with its path', () => {
  it.each(Object.entries(ways))(
    '%s',
    async (way, run) => {
      const outcomes = await run();
      const others = cases().filter(([id, { fate }]) => outcomes[id] !== wantedOf(fate, way));
      expect(others.map(([id]) => `${id}: ${String(outcomes[id])}`)).toEqual([]);
    },
    300_000,
  );
});
