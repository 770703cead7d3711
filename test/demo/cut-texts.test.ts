import { afterEach, describe, expect, test, vi } from 'vitest';
import { openThreadList } from '../../src/adapters/assistant-ui/index.js';
import { titleFor } from '../../demo/app/labels.js';
import { scripted } from '../../demo/models/scripted.js';
import { openStore } from '../stores/open-store.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function threadTitle(text: string): Promise<string> {
  const list = openThreadList(openStore());
  const { remoteId } = await list.initialize('t');
  const message = { id: '1', role: 'user', content: [{ type: 'text', text }] };
  const stream = await list.generateTitle(remoteId, [message] as never);
  let title = '';
  for await (const chunk of stream as unknown as AsyncIterable<{ textDelta?: string }>) {
    title += chunk.textDelta ?? '';
  }
  return title;
}

async function scriptedAnswer(text: string): Promise<string> {
  const messages = [{ role: 'user', content: [{ text }] }];
  const signal = new AbortController().signal;
  let said = '';
  for await (const word of scripted.answer({ messages, attempt: 0, signal } as never)) {
    said += word;
    if (said.includes('…')) break;
  }
  return said;
}

const CHARACTERS = ['😀', '👩‍👩‍👧‍👦', '🇫🇷', '👍🏽', 'e\u0301', '❤️'];
/** Some place of each length before the character, so that every cut goes through one. */
const SHIFTS = Array.from({ length: 12 }, (_, n) => 'x'.repeat(n));

/** Texts are cut at the same places, whatever part of a character is there. */
const isWhole = (cut: string, character: string, filler = /[x….“]/g) =>
  cut.replace(filler, '').split(character).join('') === '';

describe.each(CHARACTERS)('%s is not taken apart', (character) => {
  test.each(SHIFTS)('behind "%s"', async (shift) => {
    const text = shift + character.repeat(100);
    for (const title of [titleFor(text), await threadTitle(text)]) {
      expect(title).toMatch(/.…$/u);
      expect(title.length).toBeLessThanOrEqual(61);
      expect(isWhole(title, character)).toBe(true);
    }
  });
});

test('the scripted model quotes whole characters', async () => {
  for (const shift of ['', 'x']) {
    const answer = await scriptedAnswer(shift + '😀'.repeat(100));
    expect(answer).toContain('😀…');
    expect(answer.isWellFormed()).toBe(true);
  }
});

test('where the browser cannot tell characters, no half of one is left', async () => {
  vi.stubGlobal('Intl', {});
  const labels = await import('../../demo/app/labels.js');
  for (const shift of ['', 'x']) {
    const text = shift + '😀'.repeat(100);
    for (const title of [labels.titleFor(text), await threadTitle(text)]) {
      expect(title).toContain('😀…');
      expect(title.isWellFormed()).toBe(true);
    }
  }
});

test('a title is cut between two words where it can be', async () => {
  const text = `Where to in May ${'😀'.repeat(40)}`;
  expect(await threadTitle(text)).toBe('Where to in May…');
});
