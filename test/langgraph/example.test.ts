import { expect, test } from 'vitest';
import { runExample } from '../package/run-example.js';

test('the example of the page runs as it stands', async () => {
  const { lines, output } = await runExample('langgraph.md');
  expect(lines).toBeLessThanOrEqual(20);
  expect(output).toBe('Where to in May? re: Where to in May? Somewhere warmer? re: Somewhere warmer? 2');
});
