import type { ImagePart } from './content.js';

/** What is being written. It stays with the tab over reloads, updates of the page included. */
export interface Draft {
  text: string;
  images: readonly ImagePart[];
}

export const NO_DRAFT: Draft = { text: '', images: [] };

/** Where this tab keeps its drafts over reloads; the browser writes it to its files. */
const PLAIN = 'drafts';
const SEALED = 'drafts:sealed';
const NONCE_BYTES = 12;

/** New chats have no id that lasts. */
const keyOf = (sessionId: string | undefined) => sessionId ?? 'new';

let drafts: Map<string, Draft> | undefined;
/** What they are encrypted with, like the chats. */
let key: CryptoKey | null = null;
/** Of several that are on their way, the last counts. */
let edition = 0;

export const readDraft = (sessionId: string | undefined): Draft => known().get(keyOf(sessionId)) ?? NO_DRAFT;

/** Whether somebody is writing something. */
export const hasDraft = (sessionId: string | undefined): boolean => known().has(keyOf(sessionId));

export function keepDraft(sessionId: string | undefined, draft: Draft): void {
  const id = keyOf(sessionId);
  const isEmpty = draft.text === '' && draft.images.length === 0;
  if (isEmpty && !known().delete(id)) return;
  if (!isEmpty) known().set(id, draft);
  void keep();
}

/** From now on drafts are kept under this key, as the chats are; `null` for plain. Those there are stay. */
export async function keepDraftsUnder(next: CryptoKey | null): Promise<void> {
  const opened = next ? await unsealed(next) : new Map<string, Draft>();
  drafts = new Map([...known(), ...opened]);
  key = next;
  await keep();
}

function known(): Map<string, Draft> {
  drafts ??= parsed(sessionStorage.getItem(PLAIN));
  return drafts;
}

async function keep(): Promise<void> {
  const own = ++edition;
  try {
    await write(Object.fromEntries(known()), own);
  } catch {
    // Images can be more than there is room for; the words matter most.
    const words = [...known()].map(([id, draft]) => [id, { ...draft, images: [] }]);
    await write(Object.fromEntries(words), own).catch(reportError);
  }
}

async function write(all: Record<string, Draft>, own: number): Promise<void> {
  const text = JSON.stringify(all);
  const sealed = key && (await seal(key, text));
  if (own !== edition) return;
  sessionStorage.removeItem(sealed === null ? SEALED : PLAIN);
  if (known().size === 0) sessionStorage.removeItem(sealed === null ? PLAIN : SEALED);
  else sessionStorage.setItem(sealed === null ? PLAIN : SEALED, sealed ?? text);
}

async function seal(key: CryptoKey, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text));
  return [...iv, ...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** None, if they were sealed with another key. */
async function unsealed(key: CryptoKey): Promise<Map<string, Draft>> {
  const pairs = sessionStorage.getItem(SEALED)?.match(/../g) ?? [];
  const bytes = Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  try {
    const iv = bytes.slice(0, NONCE_BYTES);
    const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.slice(NONCE_BYTES));
    return parsed(new TextDecoder().decode(text));
  } catch {
    return new Map();
  }
}

const parsed = (text: string | null): Map<string, Draft> =>
  new Map(Object.entries(JSON.parse(text ?? '{}') as Record<string, Draft>));
