import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { CheckReport } from '../../src/index.js';
import { loadEngine } from '../engines/index.mjs';
import { inBrowser, withProfile } from '../engines/test.js';
import { hostIn, test } from '../tabs/tabs.js';

const KIB = 1024;

test('a full quota: nobody notices that Firefox aborts the next transaction, too', async ({ url }) => {
  test.setTimeout(180_000);
  await withProfile(async (profile) => {
    // In KiB, of all origins together.
    const preference = `user_pref("dom.quotaManager.temporaryStorage.fixedLimit", ${10 * KIB});\n`;
    await writeFile(join(profile, 'prefs.js'), preference);
    await inBrowser(await loadEngine('firefox'), profile, async (browser) => {
      const host = hostIn(await browser.open(url));
      for (let run = 0; run < 3; run++) {
        const { saved, failure } = await host.fillUp([1000 * KIB, 100 * KIB, 10 * KIB]);
        expect(failure.status).toBe('RESOURCE_EXHAUSTED');
        expect(failure.room?.sessions.length).toBeGreaterThan(0);
        if (run === 0) expect(saved.length).toBeGreaterThan(3);
        // What a save has resolved for is there, whole.
        for (const sessionId of saved) {
          expect(await host.failureOf('getSnapshot', { sessionId }), `run ${run}`).toBeUndefined();
        }
        const largest = failure.room!.sessions[0]!.sessionId;
        expect(await host.failureOf('getSnapshot', { sessionId: largest })).toBeUndefined();
        expect(await host.failureOf('deleteSession', largest)).toBeUndefined();
        expect(await host.call('getSession', largest)).toBeUndefined();
      }
      const { problems } = (await host.call('check')) as CheckReport;
      expect(problems.length).toBe(0);
    });
  });
});
