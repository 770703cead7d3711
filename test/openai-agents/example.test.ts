import { expect, test } from 'vitest';
import { runExample } from '../package/run-example.js';

test('the example of the page runs as it stands', async () => {
  const { lines, output } = await runExample('openai-agents.md');
  expect(lines).toBeLessThanOrEqual(20);
  expect(output).toBe('4 2');
});
