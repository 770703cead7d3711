import { transformWithOxc } from 'vite';
import { expect, test } from 'vitest';
import { exampleIn, examplesIn, run } from './run-example.js';

const PAGES = [
  'ag-ui',
  'agentick',
  'ai-sdk',
  'assistant-ui',
  'langgraph',
  'openai-agents',
  'playwright',
  'strands',
  'tanstack-ai',
];

/** For examples whose framework keeps Node awake. */
const leave = 'process.exit();';

test.each(PAGES)('the example for %s has at most 20 lines', (page) => {
  expect(exampleIn(page).split('\n').length).toBeLessThanOrEqual(20);
});

test('the example for agentick does what it says', async () => {
  expect(await run(exampleIn('agentick'))).toBe('2');
});

test('the ten lines of README do what they say', async () => {
  const after = `
    const { siblings, index } = await chat.branches();
    console.log('branch', index + 1, siblings.length, (await chat.messages())[0].content[0].text);
    ${leave}
  `;
  expect(await run(examplesIn('README.md')[0]!, { after })).toContain('branch 2 2 And in June?');
});

test('the recipes do what they say', async () => {
  const [along, backup, , tests] = examplesIn('docs/recipes.md');
  const made = async (example: string) => (await transformWithOxc(example, 'example.ts')).code;
  const after = `console.log((await store.session('trip').messages()).length, (await store.check()).problems.length);`;
  expect(await run(await made(along!), { after: `${after} ${leave}` })).toBe('1 0');
  expect(await run(await made(backup!), { after: leave })).toMatch(/\b1 0$/);
  expect(await run(await made(tests!), { after: leave })).toBe('2');
});

test('the examples of docs/chats.md do what they say', async () => {
  const [opening, streaming, arrows] = examplesIn('docs/chats.md');
  const { code } = await transformWithOxc(
    `${opening}\n${streaming}
    const answers = ['To Lisbon', 'To Oslo'];
    globalThis.callModel = async function* () { yield 'To '; yield answers.shift().slice(3); };
    await ask('Where to in May?', undefined);
    const [question] = (await chat.branches()).path;
    const again = await chat.startTurn({ after: question });
    await again.complete(model('To Oslo'));
    ${arrows}
    console.log(JSON.stringify((await chat.messages()).map(({ content }) => content[0].text)));
    ${leave}`,
    'example.ts',
  );
  const printed = await run(code);
  expect(printed).toContain('2 / 2');
  expect(printed).toContain('["Where to in May?","To Lisbon"]');
});
