import { expect, test } from 'vitest';
import { exampleIn, run as runIn } from '../../docs/run-example.js';

const run: typeof runIn = (example, around) => runIn(example, { ...around, folder: 'test/frameworks' });

/** For examples whose framework keeps Node awake. */
const leave = 'process.exit();';

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

test('the example for ag-ui does what it says', async () => {
  const before = serving(`(delta, messageId) => [
    { type: 'RUN_STARTED', runId: messageId, threadId: 'trip' },
    { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId, delta },
    { type: 'TEXT_MESSAGE_END', messageId },
    { type: 'RUN_FINISHED', runId: messageId, threadId: 'trip' },
  ]`);
  expect(await run(exampleIn('ag-ui'), { before, after: leave })).toBe('Lisbon 1');
});
