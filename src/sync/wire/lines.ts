import type { Deadline } from './deadline.js';

/** The text of an answer as it comes; each piece begins the time limit anew. */
export async function* textOf(response: Response, deadline: Deadline): AsyncGenerator<string, void> {
  // React Native has no streams.
  if (!response.body) {
    yield await deadline.race(response.text());
    return;
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    while (true) {
      const { done, value } = await deadline.race(reader.read());
      if (done) break;
      deadline.extend();
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The lines of an answer as they come; the last may be cut. */
export async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
