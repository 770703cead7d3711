import { expect, test } from 'vitest';
import { Chat, conversation, said } from './chat.js';

const image = (seed: string) => ({ media: { url: `data:image/png;base64,${seed}${'A'.repeat(10_000)}` } });

test('two images of a message that a snapshot does not have are no loss to it, though they share a row', async () => {
  const chat = new Chat();
  const messages = conversation(8, 'm', 20_000);
  messages.splice(6, 0, { ...said('look'), content: [image('a'), image('b')] as never });
  await chat.chain(messages.map((_, n) => ({ messages: messages.slice(0, n + 1) })));
  // Into one row: six messages, the one with the images, and the next.
  await chat.store.compact();
  expect((await chat.open().getSnapshot({ snapshotId: 'n5' }))?.state?.messages).toHaveLength(6);
  await chat.expectWhole();
});
