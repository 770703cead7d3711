import { deriveKey } from '../../../src/encryption/index.js';
import { IndexedDBSessionStore, type Message } from '../../../src/index.js';

/** Where the passphrase of an encrypted chat is worth something. */
const SALT = new Uint8Array(16).fill(7);

const options = new URLSearchParams(location.search);
const passphrase = options.get('passphrase');
const store = new IndexedDBSessionStore({
  namespace: options.get('namespace') ?? undefined,
  ...(passphrase !== null && { encryption: { key: await deriveKey(passphrase, { salt: SALT }) } }),
});
if (options.has('installed')) await navigator.serviceWorker.register('/service-worker.js');

const find = (selector: string) => document.querySelector(selector)!;
const say = (role: Message['role'], text: string): Message => ({ role, content: [{ text }] });

function list(selector: string, texts: string[]): void {
  const items = texts.map((text) => Object.assign(document.createElement('li'), { textContent: text }));
  find(selector).replaceChildren(...items);
}

/** Shows all chats, and the messages of the one that was active last. */
async function show(): Promise<void> {
  const { sessions } = await store.listSessions();
  const id = sessions[0]?.sessionId;
  const head = id === undefined ? undefined : await store.getHead(id);
  const snapshot = head && (await store.getSnapshot({ snapshotId: head.snapshotId }));
  list(
    'ul',
    sessions.map(({ sessionId, title }) => title ?? sessionId),
  );
  list(
    'ol',
    (snapshot?.state?.messages ?? []).map(({ content }) => content[0]?.text ?? ''),
  );
}

/** Ends the turn that is being answered. */
let finish = async () => {};

async function send(text: string): Promise<void> {
  const sessionId = (await store.listSessions()).sessions[0]?.sessionId ?? 'new';
  const parentId = (await store.getHead(sessionId))?.snapshotId;
  const parent = parentId === undefined ? undefined : await store.getSnapshot({ snapshotId: parentId });
  const messages = [...(parent?.state?.messages ?? []), say('user', text)];
  const turn = {
    sessionId,
    ...(parentId !== undefined && { parentId }),
    createdAt: new Date().toISOString(),
  };
  const snapshotId = await store.saveSnapshot(undefined, () => ({
    ...turn,
    status: 'pending',
    state: { messages },
  }));
  finish = async () => {
    await store.saveSnapshot(snapshotId, () => ({
      ...turn,
      status: 'completed',
      state: { messages: [...messages, say('model', `re: ${text}`)] },
    }));
  };
  if (!options.has('slow')) await finish();
}

find('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const input = find('input') as HTMLInputElement;
  void send(input.value);
  input.value = '';
});
find('#finish').addEventListener('click', () => void finish());
store.onSessionsChange(() => void show());
await show();
