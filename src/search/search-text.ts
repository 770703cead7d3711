// Searches the text of messages. Loaded when somebody first searches.
import { between } from '../database/key-order.js';
import { atOnce, ofAll, Pace, paceWithin } from '../database/pace.js';
import { isLogRow } from '../database/rows.js';
import type { LogKey, LogRow, ReadTransaction, SessionRow, Spans } from '../database/schema.js';
import { type LogsRead, readReach } from '../logs/load.js';
import { extentOf, firstEndingBehind } from '../logs/runs.js';
import { callSafely } from '../platform/browser.js';
import { jsonOf } from '../platform/json.js';
import type { DatabaseAccess } from '../snapshots/database-access.js';
import { readPage } from '../snapshots/read/page.js';
import type { Hit, SearchOptions, SearchPage } from '../types/search.js';
import { invalid, requireValid } from '../values/arguments.js';
import { string } from '../values/schema.js';
import { bringersByLog, type Brought, indexIn, readSearched, type Searched } from './brought.js';
import { excerptOf } from './excerpt.js';
import { containsAll, wordsOf } from './fold.js';
import { readMessages } from './messages.js';
import { inherited, textOf } from './message-text.js';

/** How many sessions are read at once, how many bytes of their logs at most, and how much text is compared without a look at the time. */
const SESSIONS = 8;
const READ = 256 * 1024;
const COMPARED = 32 * 1024;

/** A page that has hits ends early after so many bytes. */
const ENOUGH = 8 * 1024 * 1024;

/** Where a hit stands among all: hits come newest first. */
type Place = [createdMs: number, version: number, messageIndex: number];

const isBefore = (a: readonly number[], b: readonly number[]): boolean => {
  const index = a.findIndex((part, i) => part !== b[i]);
  return index >= 0 && a[index]! > b[index]!;
};

/**
 * Reads sessions from the latest active one on, each in a few short transactions, and keeps the newest hits. No message
 * is younger than its session's last activity, so that a hit is certain as soon as all sessions left are older.
 */
export async function searchText(
  read: DatabaseAccess['read'],
  query: string,
  options: SearchOptions,
  isEncrypted: boolean,
): Promise<SearchPage> {
  requireValid(string, query, 'query');
  const { limit = 50, cursor, signal, onProgress } = options;
  const after = cursor === undefined ? undefined : decoded(cursor);
  signal?.throwIfAborted();
  const words = wordsOf(query);
  if (words.length === 0) return { hits: [] };
  const search = new Search(read, words, limit, after, signal, isEncrypted);
  const isWanted = ({ createdMs }: SessionRow) => !after || !(createdMs > after[0]);
  const searched = new Set<string>();
  let newest: number | undefined;
  let at: string | undefined;
  let together = 1;
  let done = 0;
  const total = onProgress
    ? await read((transaction) => transaction.objectStore('sessions').index('updatedMs').count())
    : 0;
  const tell = (count: number) => {
    done += count;
    if (onProgress) callSafely(onProgress, { done, total: Math.max(done, total) });
    signal?.throwIfAborted();
  };
  do {
    const page = await read((transaction) =>
      readPage<SessionRow, [number, string]>(transaction.objectStore('sessions').index('updatedMs'), [], {
        limit: 100,
        cursor: at,
      }),
    );
    newest ??= page.rows[0]?.updatedMs;
    const rows = page.rows.filter(isWanted);
    done += page.rows.length - rows.length;
    while (rows.length > 0) {
      const { length: certain } = search.hits.filter(({ place }) => place[0] >= rows[0]!.updatedMs + 1);
      if (certain >= limit || (certain > 0 && search.bytes > ENOUGH)) return search.page(certain, true);
      const ids = rows.splice(0, together).map(({ id }) => id);
      for (const id of ids) searched.add(id);
      await search.searchSessions(ids);
      tell(ids.length);
      // The first hit comes sooner if it need not wait for other sessions.
      if (!isEncrypted) together = Math.min(SESSIONS, together * 2);
    }
    at = page.cursor;
  } while (at !== undefined);
  // What is saved meanwhile moves to the front, and may have been passed over.
  const moved = await read(async (transaction) =>
    newest === undefined
      ? []
      : transaction
          .objectStore('sessions')
          .index('updatedMs')
          .getAll(between([newest], undefined)),
  );
  for (const row of moved) if (isWanted(row) && !searched.has(row.id)) await search.searchSessions([row.id]);
  return search.page(limit, false);
}

class Search {
  /** The newest hits so far, and one more to know whether there is one. */
  readonly hits: { place: Place; hit: Hit }[] = [];
  bytes = 0;
  #compared = 0;
  readonly #pace: Pace;

  constructor(
    readonly read: DatabaseAccess['read'],
    readonly words: readonly string[],
    readonly limit: number,
    readonly after: Place | undefined,
    signal: AbortSignal | undefined,
    /** Every read of encrypted rows is rehearsed until they are decrypted, so that each reads little. */
    readonly isEncrypted: boolean,
  ) {
    this.#pace = new Pace(signal);
  }

  page(count: number, isMore: boolean): SearchPage {
    const shown = this.hits.slice(0, Math.min(count, this.limit));
    const last = shown.at(-1);
    const hits = shown.map(({ hit }) => hit);
    return last && (isMore || this.hits.length > shown.length)
      ? { hits, cursor: jsonOf(['text', ...last.place]) }
      : { hits };
  }

  async searchSessions(ids: readonly string[]): Promise<void> {
    await this.#pace.rest();
    const sessions = await this.read((transaction) => {
      const pace = paceWithin(transaction, this.#pace.signal);
      return ofAll(ids, (id) => this.#read(transaction, id, pace));
    });
    for (const session of sessions) {
      for (const snapshot of session.snapshots) {
        if (snapshot.row && this.#isOpen(snapshot)) await this.#searchWhole(session.id, snapshot);
      }
      for (const part of session.parts) {
        if (this.#isPartOpen(part, session)) await this.#searchPart(part, session);
      }
    }
  }

  /** Reads a session's snapshots, and its logs if they are small. */
  async #read(transaction: ReadTransaction, id: string, pace: Pace): Promise<Session> {
    const snapshots = await readSearched(transaction, id);
    const brought = await pace.run(bringersByLog(snapshots));
    for (const list of brought.values()) list.sort((a, b) => a.run[0] - b.run[0]);
    const wanted = [...brought].filter(([, list]) => list.some(({ by }) => this.#isOpen(by)));
    const session: Session = { id, snapshots, brought, parts: await partsOf(transaction, wanted) };
    const [only, ...others] = session.parts;
    if (only && others.length === 0 && !this.isEncrypted)
      session.rows = await readReach(transaction, reachOf(only));
    return session;
  }

  #isPartOpen(part: Part, { brought }: Session): boolean {
    return part.some(([log, from, to]) =>
      brought.get(log)!.some(({ by, run }) => run[0] < to && run[1] > from && this.#isOpen(by)),
    );
  }

  async #searchPart(part: Part, { id, brought, rows }: Session): Promise<void> {
    const read = rows ?? (await this.read((transaction) => readReach(transaction, reachOf(part))));
    for (const [log, { rows: found }] of read) {
      for (const row of found.reverse()) {
        if (!isLogRow(row)) continue;
        this.bytes += row.size;
        await this.#searchRow(id, log, row, brought.get(log)!);
      }
    }
  }

  async #searchRow(sessionId: string, log: number, row: LogRow, brought: readonly Brought[]): Promise<void> {
    const runs = brought.map(({ run }) => run);
    for (let index = row.entries.length - 1; index >= 0; index--) {
      const at = row.at + index;
      const found = brought[firstEndingBehind(runs, at)];
      if (!found || found.run[0] > at || !this.#isOpen(found.by)) continue;
      const text = textOf(row.entries[index]);
      if (!(await this.#contains(text))) continue;
      const messageIndex = indexIn(found.by.spans!, log, at);
      const isParents = found.by.parent?.row && (await this.#inherited(found.by)).has(messageIndex);
      if (!isParents) await this.#add(sessionId, found.by, messageIndex, text);
    }
  }

  /** Messages that are not entries of their own: they are in every snapshot that has them. */
  async #searchWhole(sessionId: string, snapshot: Searched): Promise<void> {
    const messages = await readMessages(this.read, snapshot);
    for (let index = messages.length - 1; index >= 0; index--) {
      const text = textOf(messages[index]);
      if (!(await this.#contains(text))) continue;
      if (!(await this.#inherited(snapshot)).has(index)) await this.#add(sessionId, snapshot, index, text);
    }
  }

  async #inherited(snapshot: Searched): Promise<Set<number>> {
    const { parent } = snapshot;
    if (!parent) return new Set();
    return inherited(await readMessages(this.read, snapshot), await readMessages(this.read, parent));
  }

  async #contains(text: string): Promise<boolean> {
    this.#compared += text.length;
    if (this.#compared < COMPARED) return atOnce(containsAll(text, this.words));
    this.#compared = 0;
    await this.#pace.rest();
    return this.#pace.run(containsAll(text, this.words));
  }

  /** Whether a hit in a snapshot may still come into the page. */
  #isOpen({ createdMs, version }: Searched): boolean {
    if (this.after && isBefore([createdMs, version, 0], [this.after[0], this.after[1], 0])) return false;
    const last = this.hits[this.limit];
    return !last || !isBefore(last.place, [createdMs, version, Infinity]);
  }

  async #add(sessionId: string, snapshot: Searched, messageIndex: number, text: string): Promise<void> {
    const { id: snapshotId, createdMs, version } = snapshot;
    const place: Place = [createdMs, version, messageIndex];
    if (this.after && !isBefore(this.after, place)) return;
    const last = this.hits[this.limit];
    if (last && !isBefore(place, last.place)) return;
    const excerpt = await this.#pace.run(excerptOf(text, this.words));
    const at = this.hits.findIndex((each) => isBefore(place, each.place));
    this.hits.splice(at < 0 ? this.hits.length : at, 0, {
      place,
      hit: { sessionId, snapshotId, messageIndex, excerpt },
    });
    this.hits.length = Math.min(this.hits.length, this.limit + 1);
  }
}

/** What was read of a session. */
interface Session {
  id: string;
  snapshots: Searched[];
  /** By log, in the order of the positions. */
  brought: Map<number, Brought[]>;
  parts: Part[];
  /** The rows of the only part. */
  rows?: LogsRead;
}

type Part = [log: number, from: number, to: number][];

const reachOf = (part: Part): Spans[] => part.map(([log, from, to]) => [log, from, to - from]);

/** The logs in parts of about the same size, the latest entries first. */
async function partsOf(
  transaction: ReadTransaction,
  logs: readonly (readonly [number, readonly Brought[]])[],
): Promise<Part[]> {
  const store = transaction.objectStore('logs');
  const keys = await ofAll(logs, ([log, brought]) => {
    const [from, to] = extentOf(brought.map(({ run }) => run));
    return store.getAllKeys(between([log, from, []], [log, []])).then((found) => inside(found, to));
  });
  const parts: Part[] = [];
  let size = Infinity;
  for (const [log, end, start, bytes] of keys.flat().sort((a, b) => b[0] - a[0] || b[1] - a[1])) {
    if (size + bytes > READ) {
      parts.push([]);
      size = 0;
    }
    size += bytes;
    const part = parts.at(-1)!;
    const last = part.at(-1);
    if (last?.[0] === log) last[1] = start;
    else part.push([log, start, end]);
  }
  return parts;
}

const inside = (keys: readonly LogKey[], to: number): LogKey[] => keys.filter(([, , start]) => start < to);

function decoded(cursor: string): Place {
  try {
    const [name, ...place] = JSON.parse(cursor);
    if (name === 'text' && place.length === 3 && place.every(Number.isFinite)) return place as Place;
  } catch {
    // The error below reports it.
  }
  throw invalid('options.cursor', 'is not a cursor of this search. Pass that of its last page');
}
