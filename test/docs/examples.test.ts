import { transformWithOxc } from 'vite';
import { expect, test } from 'vitest';
import { exampleIn, run } from './run-example.js';

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

test('the first example of the README makes a branch', async () => {
  const model = `
    ai.defineModel({ name: 'yours/model' }, async () => ({ message: { role: 'model', content: [{ text: 'Oslo' }] } }));
  `;
  const example = exampleIn('../README').replace('const agent', () => `${model}const agent`);
  const after = `
    const { leaves, roots } = await store.getTree('trip');
    console.log(leaves.length, roots.length, leaves[0] === (await store.getHead('trip')).snapshotId);
    ${leave}
  `;
  expect(await run(example, { after })).toMatch(/2 1 true$/);
});

test('the example for agentick does what it says', async () => {
  expect(await run(exampleIn('agentick'))).toBe('2');
});

test('the example for langgraph does what it says', async () => {
  const answers = 'Where to in May? re: Where to in May? Somewhere warmer? re: Somewhere warmer? 2';
  expect(await run(exampleIn('langgraph'))).toBe(answers);
});

test('the example for openai-agents does what it says', async () => {
  expect(await run(exampleIn('openai-agents'))).toBe('4 2');
});

test('the example for strands does what it says, with a model of the reader’s', async () => {
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
  expect(await run(exampleIn('strands').replace(/import \{ model \}.*/, () => model))).toBe('2');
});

/** A server that answers "Lisbon" first and "Oslo" then, in events of this framework. */
const serving = (eventsOf: string) => `
  const answers = ['Lisbon', 'Oslo'];
  const eventsOf = ${eventsOf};
  globalThis.fetch = async () => {
    const events = eventsOf(answers.shift(), 'id-' + answers.length);
    const body = events.map((event) => 'data: ' + JSON.stringify(event) + '\\n\\n').join('');
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
`;

test('the example for ai-sdk does what it says', async () => {
  const before = serving(`(delta, id) => [
    { type: 'start' }, { type: 'text-start', id }, { type: 'text-delta', id, delta }, { type: 'text-end', id },
    { type: 'finish' },
  ]`);
  expect(await run(exampleIn('ai-sdk'), { before, after: leave })).toContain("text: 'Lisbon'");
});

test('the example for tanstack-ai does what it says', async () => {
  const before = serving(`(delta, messageId) => [
    { type: 'RUN_STARTED', runId: messageId, threadId: 'trip' },
    { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId, delta },
    { type: 'TEXT_MESSAGE_END', messageId },
    { type: 'RUN_FINISHED', runId: messageId, threadId: 'trip' },
  ]`);
  const after = `
    while (!(await persistence.getItem('trip'))?.messages.at(-1).parts.some(({ content }) => content === 'Oslo')) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await show((await branches())[1]);
    console.log(JSON.stringify(chat.getMessages()));
    ${leave}
  `;
  expect(await run(exampleIn('tanstack-ai'), { before, after })).toContain('"content":"Lisbon"');
});

test('the example for assistant-ui does what it says', async () => {
  const after = `
    import { create } from 'react-test-renderer';
    const until = async (done) => { while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 5)); };
    let aui;
    const Send = () => { aui = ui.useAui(); return null; };
    create(createElement(App, undefined, createElement(Send)));
    await until(() => aui?.threads.getState().isLoading === false);
    aui.thread.append('Where to in May?');
    const head = async () => {
      const [session] = (await store.listSessions()).sessions;
      return session && (await store.getSnapshot({ sessionId: session.sessionId })).state.messages;
    };
    await until(async () => (await head())?.length === 2);
    console.log(JSON.stringify(await head()));
    ${leave}
  `;
  expect(await run(exampleIn('assistant-ui'), { after })).toContain('That was message 1.');
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
