import { bundlers } from './bundlers.js';
import { everythingIn, everythingWorks, expect, nothingLoads, test } from './test.js';

for (const bundler of bundlers) {
  for (const isEncrypted of [false, true]) {
    const how = `${isEncrypted ? 'encrypted' : 'plain'}, made by ${bundler}`;

    test(`what a new release took away is UNAVAILABLE until it is back: ${how}`, async ({ page, open }) => {
      const served = await open(bundler);
      served.isLost = () => true;
      expect(await everythingIn(page, isEncrypted)).toEqual(nothingLoads(isEncrypted));
      const dump = () => page.evaluate(() => window.dump('chats'));
      const before = await dump();
      expect(await everythingIn(page, isEncrypted)).toEqual(nothingLoads(isEncrypted));
      // Plain saves and reads go on.
      if (isEncrypted) expect(await dump()).toBe(before);
      served.isLost = () => false;
      expect(await everythingIn(page, isEncrypted)).toEqual(everythingWorks(isEncrypted));
    });

    // What a bundler makes of an import() is seen above.
    if (bundler !== 'Vite') continue;
    test(`offline, what was not loaded before is UNAVAILABLE: ${how}`, async ({ page, context, open }) => {
      await open(bundler);
      await context.setOffline(true);
      expect(await everythingIn(page, isEncrypted)).toEqual(nothingLoads(isEncrypted));
      await context.setOffline(false);
      expect(await everythingIn(page, isEncrypted)).toEqual(everythingWorks(isEncrypted));
      // What has been loaded once stays.
      await context.setOffline(true);
      expect(await everythingIn(page, isEncrypted)).toEqual(everythingWorks(isEncrypted));
    });
  }
}
