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

const made = async (example: string) => (await transformWithOxc(example, 'example.ts')).code;

test.each(PAGES)('the example for %s has at most 20 lines', (page) => {
  expect(exampleIn(page).split('\n').length).toBeLessThanOrEqual(20);
});

test('the example for agentick does what it says', async () => {
  expect(await run(exampleIn('agentick'))).toBe('2');
});

test('the list of chats in docs/chats.md pins, removes, restores and finds', async () => {
  const after = `
    const told = [];
    const chat = store.session('trip');
    await chat.append({ role: 'user', content: [{ text: 'Where to in May?' }] }, { title: 'May' });
    const lisbon = await chat.append({ role: 'model', content: [{ text: 'To Lisbon.' }] });
    await chat.append({ role: 'user', content: [{ text: 'And in June?' }] }, { after: null });
    const pinned = async () => (await store.listSessions({ where: { pinned: true } })).sessions.length;
    for (const isPinned of [true, false]) {
      await pin('trip', isPinned);
      told.push(await pinned());
    }
    const undo = await remove('trip');
    told.push((await store.listSessions()).sessions.length, await undo());
    const [hit] = await search('LISBON', new AbortController().signal);
    await hit.open();
    told.push(hit.found, (await store.getHead('trip')).snapshotId === lisbon);
    await list('nowhere');
    console.log('#', JSON.stringify(told));
    ${leave}
  `;
  const printed = await run(await made(examplesIn('docs/chats.md').at(-1)!), { after });
  expect(printed.split('# ')[1]).toBe('[1,0,0,true,["Lisbon"],true]');
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
  const [along, backup, , , tests] = examplesIn('docs/recipes.md');
  const after = `console.log((await store.session('trip').messages()).length, (await store.check()).problems.length);`;
  expect(await run(await made(along!), { after: `${after} ${leave}` })).toBe('1 0');
  expect(await run(await made(backup!), { after: leave })).toMatch(/\b1 0$/);
  expect(await run(await made(tests!), { after: leave })).toBe('2');
});

test('the recipe for a passphrase locks, unlocks and changes', async () => {
  const before = `
    let shown;
    globalThis.showLock = (why) => void (shown = why);
    globalThis.showChats = async (store) => void (shown = (await store.listSessions()).sessions.length + ' chats');
    Object.defineProperty(globalThis, 'localStorage', { value: { getItem: () => null, setItem() {} } });
  `;
  const after = `
    const told = [];
    const then = async (...work) => { for (const act of work) await act(); told.push(shown); };
    const reload = async () => { await reopen(null); await look(); };
    await store.session('trip').append({ role: 'user', content: [{ text: 'Where to in May?' }] });
    await then(look);
    await then(() => change('alpha'));
    await then(reload);
    await then(() => unlock('beta'));
    await then(() => unlock('alpha'));
    await then(() => change('beta'), reload, () => unlock('alpha'));
    await then(() => unlock('beta'));
    await then(() => change(null), reload);
    console.log('#', told.join('|'));
    ${leave}
  `;
  const passphrase = await made(examplesIn('docs/recipes.md')[3]!);
  expect((await run(passphrase, { before, after })).split('# ')[1]).toBe(
    [
      ...['1 chats', '1 chats', 'Your passphrase?', 'That is not the passphrase.', '1 chats'],
      ...['That is not the passphrase.', '1 chats', '1 chats'],
    ].join('|'),
  );
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
