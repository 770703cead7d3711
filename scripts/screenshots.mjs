// Draws docs/screenshots anew: the demo at three widths, light and dark. `npm run screenshots`, after `npm run build`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { PageSessionStore } from 'offshoot/playwright';
import { build, preview } from 'vite';
import { launchOptions } from './chromium.mjs';

const fromRoot = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const WIDTHS = [390, 820, 1280];

const ANSWER = `Three days are enough for the old town and one trip out of it:

| Day | Morning | Evening |
| --- | ------- | ------- |
| Friday | Alfama, on foot | *Fado* |
| Saturday | Belém | Bairro Alto |
| Sunday | Sintra by train | – |

1. Take **tram 28** before nine.
2. Book the tower of Belém ahead.`;

const CHAT = {
  sessionId: 'lisbon',
  title: 'A weekend in Lisbon',
  turns: [
    { snapshotId: 'a', user: 'Plan a weekend in Lisbon', model: ANSWER },
    {
      snapshotId: 'b',
      user: 'Somewhere to eat near the castle?',
      model: 'Try the small places behind the cathedral.',
    },
    {
      snapshotId: 'c',
      parentId: 'a',
      user: 'And with two children?',
      model: 'Then begin with the **Oceanário**, and take the cable car back. Both are near the station.',
    },
    { snapshotId: 'd', parentId: 'c', user: 'What if it rains?', status: /** @type {const} */ ('failed') },
    {
      snapshotId: 'e',
      parentId: 'c',
      user: 'What if it rains all day?',
      model: 'The tile museum is dry, and children may touch more of it than they expect.',
    },
    { snapshotId: 'f', parentId: 'a', user: 'Four days, please', model: 'Add Cascais on Monday.' },
    { snapshotId: 'g', parentId: 'f', user: 'Is the sea warm in May?', model: 'Cool, about 16 °C.' },
  ],
  selectedSnapshotId: 'e',
};

const OTHERS = ['Name my coffee shop', 'Explain recursion', 'A letter to the landlord', 'שלום'];

const outDir = await mkdtemp(join(tmpdir(), 'offshoot-demo-'));
const config = {
  root: fromRoot('demo'),
  configFile: fromRoot('vite.config.ts'),
  logLevel: /** @type {const} */ ('error'),
  build: { outDir },
};
await build(config);
const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0, strictPort: true } });
const url = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch(launchOptions);
try {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const context = await browser.newContext({ colorScheme });
    const sessions = new PageSessionStore(context, { url, name: 'offshoot-demo' });
    for (const title of OTHERS.toReversed()) {
      await sessions.seed({ sessionId: title, title, turns: [{ user: title, model: 'Of course.' }] });
    }
    await sessions.seed(CHAT);
    const page = await context.newPage();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 800 ? 844 : 800 });
      await page.goto(`${url}?${width}#chat=lisbon`);
      await page.getByRole('article').getByText('The tile museum').waitFor();
      await page.waitForTimeout(1000);
      await page.screenshot({ path: fromRoot(`docs/screenshots/${colorScheme}-${width}.png`) });
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true });
}
