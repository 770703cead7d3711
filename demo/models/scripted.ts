import type { Message } from 'offshoot';
import { beginningOf } from '../app/cut.js';
import { imagesOf, textOf } from '../turns/content.js';
import type { Model } from './model.js';

const MS_PER_WORD = 30;

/**
 * A model that needs no network: what it says depends only on the conversation and on which attempt this is. It
 * says it word by word. "/fail" makes it fail half-way, "/long" makes it say much.
 */
export const scripted: Model = {
  id: 'scripted',
  label: 'Scripted (offline)',
  async *answer({ messages, attempt, signal }) {
    const prompt = textOf(messages.at(-1));
    const words = script(messages, attempt).split(/(?<=\s)/);
    let said = 0;
    const start = performance.now();
    while (words.length > 0) {
      await pause(signal);
      if (signal.aborted) return;
      if (prompt.startsWith('/fail') && said >= 6) throw new Error('The scripted model was asked to fail.');
      // The timers of a hidden tab are slow; it then says several words at once.
      const due = Math.floor((performance.now() - start) / MS_PER_WORD) - said;
      const next = words.splice(0, Math.max(1, due));
      said += next.length;
      yield next.join('');
    }
  },
};

function script(messages: readonly Message[], attempt: number): string {
  const prompt = textOf(messages.at(-1));
  const quoted = `“${prompt.length > 80 ? `${beginningOf(prompt, 80).trimEnd()}…` : prompt}”`;
  const images = imagesOf(messages.at(-1)).length;
  const seen = images === 0 ? '' : ` You attached ${images === 1 ? 'an image' : `${images} images`}.`;
  const earlier = messages.length - 1;
  if (prompt.startsWith('/long')) return LONG;
  switch (attempt) {
    case 0:
      return earlier === 0
        ? `You wrote ${quoted}.${seen} I am a small scripted model that lives in this page, so I have **no opinion** on that. But this answer is now a snapshot in IndexedDB, and it will still be here after a reload.`
        : `You wrote ${quoted}.${seen} I remember the ${earlier} messages before it on this branch and only those: whatever was said on another branch never reaches me.`;
    case 1:
      return `A second take on ${quoted}. It is a sibling of the first: the same parent, another branch. Nothing was overwritten, and the arrows below take you back.`;
    case 2:
      return `A third take on ${quoted}. Open this page in a second tab and watch: every branch that appears here appears there too, without a reload.`;
    default:
      return `Take ${attempt + 1} on ${quoted}. You can do this as often as you like, and then pick the branch you want to go on with.`;
  }
}

const LONG = Array.from(
  { length: 12 },
  (_, i) =>
    `### Part ${i + 1}\n\nA *longer* answer, so that there is something to stop. It has \`code\`, a list and a quote:\n\n- first\n- second\n\n> Nothing is overwritten.\n`,
).join('\n');

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, MS_PER_WORD);
    signal.addEventListener('abort', done);
  });
}
