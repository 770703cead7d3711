import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What readers have to bring themselves. */
const model = `
  import { Model } from '@strands-agents/sdk';
  class Echo extends Model {
    updateConfig() {}
    getConfig() { return {}; }
    async *stream() {
      yield { type: 'modelMessageStartEvent', role: 'assistant' };
      yield { type: 'modelContentBlockStartEvent' };
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text: 'Rome' } };
      yield { type: 'modelContentBlockStopEvent' };
      yield { type: 'modelMessageStopEvent', stopReason: 'endTurn' };
    }
  }
  const model = new Echo();
`;

/** The example of a page in docs/, run with the built package in a Node of its own. */
async function runExample(page: string): Promise<{ lines: number; output: string }> {
  const text = await readFile(`${root}docs/${page}`, 'utf8');
  const [, example = ''] = /```js\n([^]*?)```/.exec(text) ?? [];
  const code = `import 'fake-indexeddb/auto';${example.replace(/import \{ model \}.*/, () => model)}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
  });
  return { lines: example.trim().split('\n').length, output: stdout.trim() };
}

test.each(['agentick.md', 'strands.md'])('the example in docs/%s runs, and is short', async (page) => {
  const { lines, output } = await runExample(page);
  expect(output).toBe('2');
  expect(lines).toBeLessThanOrEqual(20);
});
