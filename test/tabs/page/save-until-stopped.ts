import {
  IndexedDBSessionStore,
  type Message,
  type SessionSnapshot,
  type SessionSnapshotInput,
} from '../../../src/index.js';
import { ask } from './host.js';

/** What became of a worker that was stopped amid its saves, and of these. */
export interface Stopped {
  /** Where it was; nothing if it had done everything before. */
  where: string | undefined;
  complaints: string[];
}

const message = (text: string): Message => ({
  role: 'user',
  content: [{ text: text.padEnd(800, ' lorem') }],
});
const image: Message = {
  role: 'user',
  content: [{ media: { url: `data:image/png;base64,${'A'.repeat(9000)}` } }],
};
const messages = [message('1'), image, message('2'), message('3')];

const snapshot = (length: number, fields: object = {}): SessionSnapshotInput<number> => ({
  sessionId: 's',
  createdAt: '2026-01-01T00:00:00Z',
  status: 'completed',
  state: { messages: messages.slice(0, length), custom: length },
  ...fields,
});

/** A first save, one that goes on from it, and one that gives it another end. */
const SAVES: [id: string, snapshot: SessionSnapshotInput<number>][] = [
  ['a', snapshot(2)],
  ['b', snapshot(3, { parentId: 'a' })],
  ['a', snapshot(4)],
];

const isWhole = ({ state }: SessionSnapshot<number>, length: number) =>
  state?.custom === length && JSON.stringify(state.messages) === JSON.stringify(messages.slice(0, length));

/**
 * Has a worker save, in a database of its own, which is stopped at the `nth` time that it asks the browser for something
 * or is answered, and ended there; then looks what it has left.
 */
export async function saveUntilStopped(nth: number, isEncrypted: boolean): Promise<Stopped> {
  const name = `${isEncrypted ? 'encrypted' : 'plain'} ${nth}`;
  const usages = ['encrypt', 'decrypt'] as const;
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages);
  const options = { name, compaction: false, ...(isEncrypted && { encryption: { key } }) };

  const worker = new Worker(new URL('./dedicated-worker.ts', import.meta.url), { type: 'module' });
  await ask(worker, { action: 'open', args: [options] });
  await ask(worker, { action: 'stopAt', args: [nth] });
  const stopping = new Promise<string>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<{ stopped: string }>) => resolve(data.stopped);
  });
  let resolved = 0;
  let where: string | undefined;
  for (const args of SAVES) {
    const saving = ask(worker, { action: 'save', args }).then(() => void resolved++);
    where = (await Promise.race([stopping, saving])) ?? undefined;
    if (where !== undefined) break;
  }
  worker.terminate();

  const complaints: string[] = [];
  const store = new IndexedDBSessionStore<number>(options);
  const [a, b] = [await store.getSnapshot({ snapshotId: 'a' }), await store.getSnapshot({ snapshotId: 'b' })];
  if (a ? !isWhole(a, 2) && !isWhole(a, 4) : resolved > 0)
    complaints.push('the first is not as it was saved');
  if (b ? !isWhole(b, 3) : resolved > 1) complaints.push('the second is not as it was saved');
  if (resolved > 2 && !(a && isWhole(a, 4))) complaints.push('the third is not as it was saved');
  if (b && !a) complaints.push('the second is there without the first');
  const { problems, quarantined } = await store.check();
  if (problems.length > 0 || quarantined > 0) complaints.push(JSON.stringify(problems));
  await store.saveSnapshot('next', () => snapshot(1, { parentId: 'a' }));
  const found = (await store.getSession('s'))?.snapshotCount;
  if (found !== 1 + Number(!!a) + Number(!!b)) complaints.push(`the session counts ${found}`);
  await store.close();
  return { where, complaints: complaints.map((complaint) => `${nth} (${where}): ${complaint}`) };
}
