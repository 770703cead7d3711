import { beginLong, chats, expect, regenerate, send, test, turn, turns } from './fixture.js';

/** The one test in a browser that `npm test` runs. */
test(
  'a chat branches, a second tab follows it live, a closed tab is known, and a reload has it all',
  { tag: '@smoke' },
  async ({ openTab }) => {
    const first = await openTab();
    await send(first, 'hello', 1);
    await regenerate(first, 1);
    await expect(turn(first, 1)).toContainText('2 / 2');

    const second = await openTab(new URL(first.url()).hash);
    await expect(turn(second, 1)).toContainText('A second take on “hello”');
    await send(first, 'and now', 2);
    await expect(turn(second, 2)).toContainText('You wrote “and now”');

    await beginLong(first, 3, second);
    await first.close();
    await expect(turn(second, 3)).toContainText('The tab that was writing this was closed.');

    await second.reload();
    await expect(turns(second)).toHaveCount(3);
    await turn(second, 1).getByRole('button', { name: 'Previous branch' }).click();
    await expect(turn(second, 1)).toContainText('You wrote “hello”');
    await expect(turns(second)).toHaveCount(1);
    await expect(chats(second)).toHaveText([/^hello/]);
  },
);
