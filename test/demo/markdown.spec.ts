import {
  answered,
  begin,
  button,
  expect,
  send,
  stopClock,
  test as base,
  turn,
  type Page,
} from './fixture.js';
import { configure, delta, gate, say, serveModel } from './model-server.js';

/** Opens a chat in which the model says what a test wants it to. */
const test = base.extend<{ hear: (...pieces: string[]) => Promise<Page> }>({
  hear: async ({ openTab, context }, use) => {
    let pieces: string[] = [];
    const server = await serveModel((response) => say(response, ...pieces));
    await configure(context, server.baseUrl);
    await use(async (...said) => {
      pieces = said;
      const page = await openTab();
      await send(page, 'Say it.', 1);
      // Plain until what renders it is there.
      await expect(answer(page).locator('.plain')).toHaveCount(0);
      return page;
    });
    await server.close();
  },
});

const answer = (page: Page) => turn(page, 1).locator('.markdown');

test('headings, lists, quotes, tables and code are what they look like', async ({ hear }) => {
  const page = await hear(
    '# Top\n\n##\n\n###### Deep\n\nSome **bold**, *slanted* and `code`.\n\n- one\n- two\n  1. inner\n\n> quoted\n\n',
    '| Name | Price |\n|---|--:|\n| Tea | 2 |\n\n- [x] done\n- [ ] open\n\nLine\n\n---\n\n```ts\nconst a = 1 < 2;\n```\n',
  );
  // The page, the chat and the answer have the levels above.
  await expect(answer(page).getByRole('heading', { name: 'Top', level: 3 })).toBeVisible();
  await expect(answer(page).getByRole('heading', { name: 'Deep', level: 3 })).toBeVisible();
  await expect(answer(page).locator('h1, h2, h3[data-level], h4')).toHaveCount(2);
  await expect(answer(page).locator('strong')).toHaveText('bold');
  await expect(answer(page).locator('ul > li > ol > li')).toHaveText('inner');
  await expect(answer(page).locator('blockquote')).toHaveText('quoted');
  await expect(answer(page).getByRole('cell', { name: '2' })).toHaveCSS('text-align', 'right');
  await expect(answer(page).getByText('☑ done')).toBeVisible();
  await expect(answer(page).getByText('☐ open')).toBeVisible();
  await expect(answer(page).locator('input')).toHaveCount(0);
  await expect(answer(page).locator('.code')).toContainText('ts');
  await expect(answer(page).locator('pre')).toHaveText('const a = 1 < 2;');
});

test('code is copied as it is', async ({ hear, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await hear('```\n<b>one</b>\n  two\n```');
  // It says so for two seconds.
  await stopClock(page);
  await button(page, 'Copy code').click();
  await expect(answer(page).getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('<b>one</b>\n  two');
});

test('links open in a new tab, lead to the web or to a mailbox, and tell nobody where they were', async ({
  hear,
}) => {
  const page = await hear(
    '[web](https://example.com/a?b=1&c=2) [mail](mailto:a@example.com) https://example.org ',
    '[by name][1] <a href="https://example.com/raw" target="_self" ping="https://example.net">raw</a>\n\n',
    '[js](javascript:alert(1)) [JS](JaVaScRiPt:alert(1)) [tab](java\tscript:alert(1)) [vb](vbscript:x) ',
    '[data](data:text/html,<script>alert(1)</script>) [blob](blob:https://example.com/1) [file](file:///etc/passwd) ',
    '[here](#chat=x) [path](/x) [scheme](//example.com/x)\n\n[1]: https://example.com/named\n',
  );
  const links = answer(page).getByRole('link');
  await expect(links).toHaveText(['web', 'mail', 'https://example.org', 'by name', 'raw']);
  for (const link of await links.all()) {
    await expect(link).toHaveAttribute('target', '_blank');
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    expect(await link.getAttribute('href')).toMatch(/^(https:\/\/example\.|mailto:)/);
    expect(await link.getAttribute('ping')).toBeNull();
  }
  await expect(answer(page)).toContainText('js JS');
  await expect(answer(page)).toContainText('here path scheme');
});

test('images are shown if they are in the answer itself; others are links', async ({ hear }) => {
  const dot = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  const page = await hear(
    `![a dot](${dot})\n\n![far away](https://example.com/pixel.png)\n\n`,
    '<img src="https://example.com/raw.png" alt="raw one" srcset="https://example.com/2x.png 2x">\n\n',
    '[![badge](https://example.com/badge.svg)](https://example.com/build)\n\n',
    '<img src="data:text/html,<b>x</b>" alt="no image">\n\n<picture><source srcset="https://example.com/p"></picture>',
  );
  await expect(answer(page).getByRole('img')).toHaveCount(1);
  await expect(answer(page).getByRole('img', { name: 'a dot' })).toHaveAttribute('src', dot);
  await expect(answer(page).getByRole('link')).toHaveText(['far away', 'raw one', 'badge']);
  await expect(answer(page).getByRole('link', { name: 'badge' })).toHaveAttribute(
    'href',
    'https://example.com/build',
  );
  await expect(answer(page)).toContainText('no image');
});

test('text from right to left runs that way, block by block', async ({ hear }) => {
  const page = await hear('שלום עולם\n\nHello\n\n- مرحبا\n- بكم\n\n```\nשלום\n```\n');
  await expect(answer(page).getByText('שלום עולם')).toHaveCSS('direction', 'rtl');
  await expect(answer(page).getByText('Hello')).toHaveCSS('direction', 'ltr');
  await expect(answer(page).locator('ul')).toHaveCSS('direction', 'rtl');
  await expect(answer(page).locator('pre')).toHaveCSS('direction', 'ltr');
});

test('a wide table and a long line of code scroll by themselves', async ({ hear }) => {
  const cells = Array.from({ length: 30 }, (_, index) => `column-number-${index}`);
  const row = `| ${cells.join(' | ')} |`;
  const page = await hear(
    `${row}\n|${'---|'.repeat(30)}\n${row}\n\n\`\`\`\n${'long '.repeat(200)}\n\`\`\`\n`,
  );
  for (const scroller of [answer(page).locator('.table'), answer(page).locator('pre')]) {
    expect(await scroller.evaluate((each) => each.scrollWidth > each.clientWidth)).toBe(true);
    await scroller.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => scroller.evaluate((each) => each.scrollLeft)).toBeGreaterThan(0);
  }
  expect(await answer(page).evaluate((each) => each.scrollWidth <= each.clientWidth)).toBe(true);
});

const PAYLOADS = [
  '<script>window.pwned = 1</script>',
  '<img src=x onerror="window.pwned=1">',
  '<svg onload="window.pwned=1"><script>window.pwned=1</script></svg>',
  '<svg><animate onbegin="window.pwned=1" attributeName=x dur=1s></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.pwned=1&gt;"></table></mtext></math>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1></form>',
  '<svg></p><style><a id="</style><img src=1 onerror=window.pwned=1>">',
  '<noscript><p title="</noscript><img src=x onerror=window.pwned=1>"></noscript>',
  '<template><img src=x onerror=window.pwned=1></template>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<iframe src="javascript:parent.pwned=1"></iframe>',
  '<object data="javascript:window.pwned=1"></object><embed src="javascript:window.pwned=1">',
  '<a href="javascript:window.pwned=1" onclick="window.pwned=1" id="go" class="go" style="position:fixed;inset:0">click</a>',
  '[x](javascript:window.pwned=1) [y](javascript&colon;window.pwned=1) <javascript:window.pwned=1>',
  '![x](x"onerror="window.pwned=1) ![y](javascript:window.pwned=1)',
  '```x" onmouseover="window.pwned=1\ncode\n```',
  '<details open ontoggle="window.pwned=1"><summary>s</summary></details>',
  '<input autofocus onfocus="window.pwned=1"><button onclick="window.pwned=1">b</button><select><option>o</select><textarea>t</textarea>',
  '<form action="https://example.com"><input name="q"></form>',
  '<style>body { display: none !important }</style><link rel="stylesheet" href="https://example.com/x.css">',
  '<meta http-equiv="refresh" content="0;url=https://example.com"><base href="https://example.com">',
  '<video src=x onerror="window.pwned=1" autoplay poster="https://example.com/p"><audio src=x onerror="window.pwned=1">',
  '<div id="root" name="body" class="app" style="background:url(https://example.com/x)" onpointerrawupdate="window.pwned=1">d</div>',
  '<x-custom onclick="window.pwned=1" is="x">custom</x-custom><slot name="x">s</slot>',
  '<p title="a > b" ONCLICK = window.pwned=1 onmouseover=\'window.pwned=1\'\nonfocus>quoted</p><b/onclick="window.pwned=1">slash</b>',
  '<table background="https://example.com/t"><td background="https://example.com/t">cell</td></table>',
];

test('nothing that a model says is run, styled, loaded or submitted', async ({
  hear,
  context,
  expectedErrors,
}) => {
  // Whole elements are taken out by DOMPurify, in a document that knows the policy; handlers never get that far.
  expectedErrors.push(/^Refused by the policy: (?:style-src-elem|base-uri)$/);
  const elsewhere: string[] = [];
  context.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url())) elsewhere.push(request.url());
  });
  const page = await hear(
    ...PAYLOADS.map((payload, index) => `Payload ${index}\n\n${payload}\n\n`),
    'The end.',
  );
  await expect(answer(page)).toContainText('The end.');
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeVisible();

  const found = await answer(page).evaluate((root) => {
    const own = new Set(['code', 'table', 'quiet']);
    return [...root.querySelectorAll('*')].flatMap((element) => {
      const names = element.getAttributeNames().filter((name) => {
        if (name === 'class') return !own.has(element.className);
        return /^on|^(id|name|style|srcset|srcdoc|action|background|poster|ping|is)$/.test(name);
      });
      const isCopy = element.matches('.code > div > button');
      const isBad =
        !isCopy &&
        /^(?:script|style|link|meta|base|iframe|object|embed|form|input|button|select|option|textarea|svg|math|template|video|audio|noscript|slot|x-custom)$/i.test(
          element.tagName,
        );
      return [...names.map((name) => `${element.tagName} ${name}`), ...(isBad ? [element.tagName] : [])];
    });
  });
  expect(found).toEqual([]);

  await answer(page).getByText('click', { exact: true }).click();
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  expect(elsewhere).toEqual([]);
});

test('what is rendered while it arrives is what is rendered at once', async ({ openTab, context }) => {
  const text =
    '# One\n\nText with [a name][n].\n\n1. first\n\n2. second\n\n   more\n\n- a\n- b\n\n```js\nlet x;\n\nlet y;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTwo\n===\n\n> quote\n\n[n]: https://example.com/n\n\nEnd.';
  const server = await serveModel(async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const character of text) {
      response.write(delta(character));
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    response.end('data: [DONE]\n\n');
  });
  await configure(context, server.baseUrl);
  const page = await openTab();
  await send(page, 'Say it slowly.', 1);
  await expect(answer(page)).toContainText('End.');
  const streamed = await answer(page).innerHTML();
  await page.reload();
  await expect(answer(page)).toContainText('End.');
  await expect(answer(page).getByRole('link', { name: 'a name' })).toBeVisible();
  expect(await answer(page).innerHTML()).toBe(streamed);
  await server.close();
});

test('finished blocks stay the same elements while more arrives', async ({ openTab, context }) => {
  const steps = [gate(), gate()] as const;
  const server = await serveModel(async (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(delta('First **block**.\n\nSecond block'));
    await steps[0].opened;
    response.write(delta(' goes on.\n\n- and\n- a list'));
    await steps[1].opened;
    response.end('data: [DONE]\n\n');
  });
  await configure(context, server.baseUrl);
  const page = await openTab();
  await begin(page, 'Go.');
  const first = answer(page).locator('strong');
  await expect(first).toBeVisible();
  const element = await first.elementHandle();
  steps[0].open();
  await expect(answer(page).getByRole('listitem')).toHaveText(['and', 'a list']);
  expect(await element?.evaluate((each) => each.isConnected)).toBe(true);
  steps[1].open();
  await answered(page, 1);
  await server.close();
});
