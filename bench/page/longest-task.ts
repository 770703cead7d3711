import { quantile } from './timing.js';

/**
 * Measures the longest time that the main thread was busy without a break while `action` ran: the widest gap between
 * two beats. `longtask` entries begin at 50 ms, which is too coarse here.
 *
 * `loose` beats every 5 ms and costs nothing; `tight` beats without pause and is exact, but takes a core, so it
 * must not run beside anything that is timed.
 */
export async function longestTask<T>(
  beat: 'loose' | 'tight',
  action: () => Promise<T>,
): Promise<{ longest: number; value: T }> {
  const gaps: number[] = [];
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  };
  const stop = beat === 'loose' ? everyFewMs(tick) : withoutPause(tick);
  try {
    const value = await action();
    // A task that resolved the action may still be running.
    await new Promise((resolve) => setTimeout(resolve, 10));
    const usual = beat === 'loose' ? quantile(gaps, 0.05) : 0;
    // Beats without pause are too many to spread into Math.max.
    const widest = gaps.reduce((widest, gap) => Math.max(widest, gap), usual);
    return { longest: widest - usual, value };
  } finally {
    stop();
  }
}

function everyFewMs(tick: () => void): () => void {
  const timer = setInterval(tick, 5);
  return () => clearInterval(timer);
}

function withoutPause(tick: () => void): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    tick();
    port2.postMessage(undefined);
  };
  port2.postMessage(undefined);
  return () => port1.close();
}
