import { expect } from '@playwright/test';
import { test } from '../tabs/tabs.js';

/** At once: Chromium takes two seconds to end a worker that does not answer. */
const SIDE_BY_SIDE = 32;

for (const isEncrypted of [false, true]) {
  const how = isEncrypted ? 'encrypted' : 'plain';
  test(`a worker that is ended at whatever it asks of the browser leaves all of a save or nothing, ${how}`, async ({
    openTab,
  }) => {
    test.setTimeout(300_000);
    const tab = await openTab();
    const places = new Set<string>();
    let ended = 0;
    for (let isDone = false; !isDone; ended += SIDE_BY_SIDE) {
      const all = await tab.evaluate(
        ([first, times, isEncrypted]) =>
          Promise.all(
            Array.from({ length: times }, (_, n) => window.saveUntilStopped(first + n, isEncrypted)),
          ),
        [ended + 1, SIDE_BY_SIDE, isEncrypted] as const,
      );
      for (const { where, complaints } of all) {
        expect(complaints).toEqual([]);
        if (where === undefined) isDone = true;
        else places.add(where);
      }
    }
    console.info(`${ended} workers ended, at ${places.size} kinds of places: ${[...places].join(', ')}`);
    expect([...places]).toEqual(expect.arrayContaining(['put was called', 'request has its turn']));
    if (isEncrypted) expect([...places]).toEqual(expect.arrayContaining(['encrypt was answered']));
  });
}
