import { describe, test } from 'vitest';
import { alike, expectTellable, pairs } from './telling-apart.js';

// Many more are tried in Node; here, what browsers themselves make of them.
describe.each(Object.entries({ ...pairs, ...alike }))('%s', (_, pair) => {
  test('is kept in what is saved upon its like, both ways', async () => {
    const [one, other] = pair({ x: 1 }, 'b');
    await expectTellable({ one }, { one: other });
    await expectTellable(other, one);
  });
});
