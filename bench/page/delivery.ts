import { NotOffered, type DeliveryStore, type Variant } from '../variants/variant.js';
import { prose } from '../workloads/text.js';
import { noteCommits } from './commits.js';
import type { Phase } from './phase.js';
import { median } from './timing.js';

const ROW = 'row';
const WRITES = 200;
const TEXT_BYTES = 1700;
const PINGS = 30;

const now = () => performance.timeOrigin + performance.now();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const received: { number: number; at: number }[] = [];

function deliveriesOf(variant: Variant): DeliveryStore {
  if (!variant.deliveries) throw new NotOffered('tells other tabs nothing');
  return variant.deliveries;
}

/** In the other tab: says what time it is there, and from then on watches. */
export const watch: Phase = async (load) => {
  const clocks = new BroadcastChannel('bench-clocks');
  clocks.onmessage = ({ data }) => {
    if (data === 'ping') clocks.postMessage(now());
  };
  const variant = await load();
  const deliveries = deliveriesOf(variant);
  await variant.open();
  await deliveries.watch(ROW, (number) => received.push({ number, at: now() }));
};

/** By how much the other tab's clock is ahead of this one's: the middle of many round trips. */
export const clock: Phase = async () => {
  const clocks = new BroadcastChannel('bench-clocks');
  const offsets: number[] = [];
  for (let ping = 0; ping < PINGS; ping++) {
    const sent = now();
    clocks.postMessage('ping');
    const there = await new Promise<number>((resolve) => {
      clocks.onmessage = ({ data }) => resolve(data as number);
    });
    offsets.push(there - (sent + now()) / 2);
  }
  clocks.close();
  return median(offsets);
};

/** In this tab: writes one row again and again, a little apart. */
export const commit: Phase = async (load) => {
  const commits = noteCommits();
  const variant = await load();
  const deliveries = deliveriesOf(variant);
  await variant.open();
  const written: { number: number; called: number; committed: number }[] = [];
  for (let number = 1; number <= WRITES; number++) {
    const text = prose(TEXT_BYTES, number);
    const called = now();
    commits.length = 0;
    await deliveries.write(ROW, number, text);
    // What is written afterwards, by the way, is not what the other tab waits for.
    written.push({ number, called, committed: commits[0] ?? now() });
    await pause(8);
  }
  return written;
};

/** In the other tab: what has come in, and when. */
export const arrivals: Phase = async () => {
  const deadline = now() + 5000;
  while (received.at(-1)?.number !== WRITES && now() < deadline) await pause(20);
  return received;
};
