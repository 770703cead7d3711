import { inBrowser, withProfile } from './browser.mjs';
import { median, quantile } from './median.mjs';

/** @param {import('./browser.mjs').Subject} subject */
export function measureDelivery(subject) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      const watching = await open();
      const writing = await open();
      await watching.run('watch');
      const ahead = await writing.run('clock');
      /** @type {{ number: number, called: number, committed: number }[]} */
      const written = await writing.run('commit');
      /** @type {{ number: number, at: number }[]} */
      const arrived = await watching.run('arrivals');
      const seen = new Map(arrived.map(({ number, at }) => [number, at - ahead]));
      const delivered = written.filter(({ number }) => seen.has(number));
      if (!seen.has(written.length)) throw new Error('the last write never arrived');
      const fromCall = delivered.map(({ number, called }) => (seen.get(number) ?? NaN) - called);
      return {
        fromCall: median(fromCall),
        fromCallP99: quantile(fromCall, 0.99),
        fromCommit: median(delivered.map(({ number, committed }) => (seen.get(number) ?? NaN) - committed)),
        skipped: written.length - delivered.length,
        backwards: arrived.filter(({ number }, at) => number < (arrived[at - 1]?.number ?? 0)).length,
      };
    }),
  );
}
