import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first example of a page, as a reader would copy it. */
function exampleIn(page: string): string {
  const text = readFileSync(`${root}/docs/${page}.md`, 'utf8');
  return /```ts\n([^]*?)```/.exec(text)![1]!;
}

/** Runs an example in a Node of its own, with the built package, between what a page would have around it. */
async function run(example: string, { before = '', after = '' }): Promise<string> {
  const code = `import 'fake-indexeddb/auto';\n${before}\n${example}\n${after}\nprocess.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
  });
  return stdout;
}

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

test.each(['ai-sdk', 'assistant-ui', 'tanstack-ai'])('the example for %s has at most 20 lines', (page) => {
  expect(exampleIn(page).trimEnd().split('\n').length).toBeLessThanOrEqual(20);
});

test('the example for ai-sdk does what it says', async () => {
  const before = serving(`(delta, id) => [
    { type: 'start' }, { type: 'text-start', id }, { type: 'text-delta', id, delta }, { type: 'text-end', id },
    { type: 'finish' },
  ]`);
  expect(await run(exampleIn('ai-sdk'), { before })).toContain("text: 'Lisbon'");
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
  `;
  expect(await run(exampleIn('assistant-ui'), { after })).toContain('That was message 1.');
});
