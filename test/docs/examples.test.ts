import { transformWithOxc } from 'vite';
import { expect, test } from 'vitest';
import { exampleIn, examplesIn, run } from './run-example.js';

const PAGES = [
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

test('the example for react does what it says, in under 60 lines', async () => {
  const example = exampleIn('react');
  expect(example.split('\n').length).toBeLessThan(60);
  const before = `
    import { createElement } from 'react';
    import { create } from 'react-test-renderer';
    const answers = ['Lisbon', 'Oslo', 'By train'];
    const answer = async () => ({ role: 'model', content: [{ text: answers.shift() }] });
  `;
  const after = `
    const root = create(createElement(App));
    const all = (type) => (root.toJSON() === null ? [] : root.root.findAllByType(type));
    const shown = () => all('p').map(({ children }) => children.join('')).join(' | ');
    const until = async (done) => { while (!done()) await new Promise((resolve) => setTimeout(resolve, 5)); };
    const send = async (text) => {
      await until(() => all('input').length);
      all('input')[0].props.onChange({ target: { value: text } });
      await until(() => all('input')[0].props.value === text);
      all('form')[0].props.onSubmit({ preventDefault() {} });
    };
    const press = (at) => all('button').at(at).props.onClick();
    await send('Where to in May?');
    await until(() => shown() === 'Where to in May? | Lisbon');
    press(-1);
    await until(() => shown() === 'Where to in May? | Oslo' && all('button').length === 3);
    press(0);
    await until(() => shown() === 'Where to in May? | Lisbon');
    await send('How?');
    await until(() => shown() === 'Where to in May? | Lisbon | How? | By train');
    const { leaves } = await store.getTree('trip');
    console.log(shown(), leaves.length);
    ${leave}
  `;
  const { code } = await transformWithOxc(example.replace(/import \{ answer \}.*/, ''), 'example.tsx', {
    jsx: { runtime: 'automatic' },
  });
  expect(await run(code, { before, after })).toBe('Where to in May? | Lisbon | How? | By train 2');
});

test('the ten lines of README do what they say', async () => {
  const after = `
    const { siblings, index } = await chat.branches();
    console.log('branch', index + 1, siblings.length, (await chat.messages())[0].content[0].text);
    ${leave}
  `;
  expect(await run(examplesIn('README.md')[0]!, { after })).toContain('branch 2 2 And in June?');
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
