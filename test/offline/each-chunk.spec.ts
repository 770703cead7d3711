import { readdirSync } from 'node:fs';
import { everythingWorks, expect, test } from './test.js';

const isFailure = (outcome: unknown) =>
  typeof outcome === 'object' && outcome !== null && 'status' in outcome;

/** So that no test lasts long. */
const GROUPS = [0, 1, 2];

for (const group of GROUPS) {
  test(`whichever chunk is lost, what needs it is UNAVAILABLE until it is back (${group + 1} of ${GROUPS.length})`, async ({
    page,
    folderOf,
    open,
  }) => {
    const served = await open('Vite');
    const atFirst = new Set(served.requests);
    const chunks = readdirSync(await folderOf('Vite'), { recursive: true, encoding: 'utf8' })
      .map((file) => `/${file}`)
      .filter((path) => path.startsWith('/assets/') && !atFirst.has(path))
      .sort();
    expect(chunks.length).toBeGreaterThan(20);
    // Which takes a second each time, and stands alone.
    const skipping = 'argon2id';
    const everything = () =>
      page.evaluate((skipping) => window.everything('chats', true, { skipping }), skipping);
    const { [skipping]: _, ...works } = everythingWorks(true);
    const needed = new Set<string>();
    for (const lost of chunks.filter((_, n) => n % GROUPS.length === group)) {
      served.isLost = (path) => path === lost;
      await page.goto(served.url);
      const outcomes = await everything();
      for (const [what, outcome] of Object.entries(outcomes)) {
        // Whoever has no export has no file to import.
        if (!isFailure(outcome) || (what === 'imports' && isFailure(outcomes['exports']))) continue;
        expect(outcome, `${what} without ${lost}`).toMatchObject({
          status: 'UNAVAILABLE',
          message: expect.stringContaining('cannot be loaded offline'),
        });
        needed.add(lost);
      }
      served.isLost = () => false;
      expect(await everything(), `once ${lost} is back`).toEqual(works);
    }
    // Not what only service workers have, or only Argon2id.
    expect(needed.size).toBeGreaterThan(5);
  });
}
