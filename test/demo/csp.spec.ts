import { gzipSync } from 'node:zlib';
import { begin, answered, button, chats, expect, message, send, test, turn } from './fixture.js';
import { configure, say, serveModel } from './model-server.js';

test('the policy allows nothing unsafe, and is there before anything is loaded', async ({ openTab }) => {
  const page = await openTab();
  const html = await page.evaluate(async () => (await fetch(location.href)).text());
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html);
  expect(policy?.[1]).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(policy?.[1]).not.toMatch(/unsafe|\*(?!;| |$)|(?<!localhost:|127\.0\.0\.1:)\*/);
  expect(html.indexOf('charset')).toBeLessThan(policy!.index);
  expect(policy!.index).toBeLessThan(Math.min(html.indexOf('<link'), html.indexOf('<script')));
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=| style=/);
});

test('what gets into the page all the same is not run', async ({ openTab, expectedErrors }) => {
  expectedErrors.push(/^Refused by the policy: /);
  const page = await openTab();
  const results = await page.evaluate(async () => {
    const threw = (act: () => unknown) => {
      try {
        act();
        return false;
      } catch {
        return true;
      }
    };
    const script = document.createElement('script');
    script.setAttribute('nonce', 'guessed');
    script.append('window.pwned = 1');
    document.body.append(script);
    const style = document.createElement('style');
    style.append('body { display: none }');
    document.head.append(style);
    const fetched = await fetch('http://elsewhere.example/').then(
      () => true,
      () => false,
    );
    return {
      innerHtml: threw(() => (document.createElement('div').innerHTML = '<b>x</b>')),
      policy: threw(() => trustedTypesOf(globalThis).createPolicy('another', {})),
      handler: threw(() => document.body.setAttribute('onclick', 'window.pwned = 1')),
      scriptAddress: threw(() => (document.createElement('script').src = 'data:text/javascript,1')),
      fetched,
      pwned: 'pwned' in window,
      display: getComputedStyle(document.body).display,
    };
    function trustedTypesOf(scope: unknown) {
      return (scope as { trustedTypes: { createPolicy: (name: string, rules: object) => void } })
        .trustedTypes;
    }
  });
  expect(results).toEqual({
    innerHtml: true,
    policy: true,
    handler: true,
    scriptAddress: true,
    fetched: false,
    pwned: false,
    display: 'block',
  });
});

test('a whole session asks nobody but the page’s own origin', async ({ openTab, context, url }) => {
  const origin = new URL(url).origin;
  const elsewhere: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(origin)) elsewhere.push(request.url());
  });
  const page = await openTab();
  await send(page, 'Hello', 1);
  await send(page, '![pixel](https://example.com/pixel.png) <img src="https://example.com/raw.png">', 2);
  await send(page, '[link](https://example.com/) https://example.org <b>x</b>', 3);
  await turn(page, 3).getByRole('button', { name: 'Regenerate' }).click();
  await answered(page, 3);
  await page.setInputFiles('input[type=file]', {
    name: 'dot.gif',
    mimeType: 'image/gif',
    buffer: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  });
  await send(page, 'With an image', 4);
  for (const name of [/^Model: /, 'Your data']) {
    await button(page, name).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
  }
  await page.reload();
  await answered(page, 4);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect(chats(page)).toHaveCount(1);
  // An image that was attached is in the page itself.
  expect(elsewhere.filter((address) => !/^(data|blob):/.test(address))).toEqual([]);
});

test('with a model of their own, people ask that and nobody else', async ({ openTab, context, url }) => {
  const server = await serveModel((response) =>
    say(response, '![pixel](https://example.com/pixel.png) [link](https://example.com/)'),
  );
  await configure(context, server.baseUrl);
  const asked = new Set<string>();
  context.on('request', (request) => asked.add(new URL(request.url()).origin));
  const page = await openTab();
  await send(page, 'Hello', 1);
  await expect(turn(page, 1).getByRole('link', { name: 'pixel' })).toBeVisible();
  expect([...asked].sort()).toEqual([new URL(url).origin, new URL(server.baseUrl).origin].sort());
  await server.close();
});

test('the first page is there for less than 150 kB', async ({ browser, url }) => {
  // What the service worker fetches afterwards is not what anybody waits for.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const bodies: Promise<[string, number]>[] = [];
  page.on('response', (response) => {
    bodies.push(response.body().then((body) => [new URL(response.url()).pathname, gzipSync(body).length]));
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await expect(message(page)).toBeEditable();
  const sizes = await Promise.all(bodies);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  test
    .info()
    .annotations.push({ type: 'first load', description: `${total} bytes in ${sizes.length} files` });
  expect(total, JSON.stringify(sizes)).toBeLessThan(150_000);
  await begin(page, 'Hello');
  await answered(page, 1);
  await context.close();
});
