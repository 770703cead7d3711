// Fills a store with chats in English and Chinese and searches them.
import { IndexedDBSessionStore } from 'offshoot';

const ENGLISH =
  'the model answers with a plan for the trip that we talked about and lists each town by train and by bus so nobody has to drive in winter'.split(
    ' ',
  );
const CHINESE = '我们在讨论分支会话的时候需要把每一条消息都保存到浏览器的数据库里面这样离线也能继续';

let seed = 1;
const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;

function english(length: number): string {
  const words: string[] = [];
  for (let left = length; left > 0;) {
    // A vocabulary of some 20,000 words, most of them rare.
    const word = ENGLISH[random(ENGLISH.length)]! + (random(3) === 0 ? String(random(700)) : '');
    words.push(word);
    left -= word.length + 1;
  }
  return words.join(' ');
}

function chinese(length: number): string {
  let text = '';
  while (text.length < length) {
    const at = random(CHINESE.length - 4);
    text += CHINESE.slice(at, at + 2 + random(4));
    if (random(12) === 0) text += '，';
  }
  return text;
}

const said = (role: string, length: number) => ({
  role,
  content: [{ text: random(3) === 0 ? chinese(length / 2) : english(length) }],
});

let store: IndexedDBSessionStore;

const steps = {
  async open(isEncrypted: boolean) {
    const key = isEncrypted
      ? await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt', 'decrypt'])
      : undefined;
    store = new IndexedDBSessionStore({
      name: isEncrypted ? 'encrypted' : 'plain',
      ...(key && { encryption: { key } }),
    });
  },

  async fill(from: number, to: number, turns: number) {
    for (let session = from; session < to; session++) {
      const sessionId = `session ${session}`;
      const messages: object[] = [];
      const saves: Promise<unknown>[] = [];
      for (let turn = 0; turn < turns; turn++) {
        messages.push(said('user', 120), said('model', 600));
        if (turn === turns >> 1 && session % 100 === 50)
          messages.push({ role: 'user', content: [{ text: 'Zürich 苏黎世' }] });
        const snapshot = {
          sessionId,
          createdAt: new Date(Date.UTC(2026, 0, 1) + session * 3_600_000 + turn * 1000).toISOString(),
          ...(turn > 0 && { parentId: `${session} ${turn - 1}` }),
          status: 'completed' as const,
          state: { messages: [...messages] as never[] },
        };
        saves.push(store.saveSnapshot(`${session} ${turn}`, () => snapshot));
      }
      await Promise.all(saves);
    }
  },

  compact: () => store.compact(),

  /** The time to the first hit, and to the end, in ms; and the longest task meanwhile. */
  async search(query: string) {
    let longest = 0;
    let last = performance.now();
    let isOver = false;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (!isOver) port2.postMessage(0);
    };
    port2.postMessage(0);
    const begun = performance.now();
    let first: number | undefined;
    let hits = 0;
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await store.searchText(query, { limit: hits === 0 ? 1 : 1000, cursor });
      if (page.hits.length > 0) first ??= performance.now() - begun;
      hits += page.hits.length;
      pages++;
      ({ cursor } = page);
    } while (cursor !== undefined && hits < 2000);
    isOver = true;
    return { first, end: performance.now() - begun, hits, pages, longest };
  },
};

Object.assign(window, { steps });
