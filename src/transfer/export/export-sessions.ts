import type { DatabaseAccess } from '../../snapshots/database-access.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { DamagedPart, ExportOptions, TransferProgress } from '../../types/transfer.js';
import { Pace } from '../../database/pace.js';
import { SessionStoreError } from '../../errors.js';
import { callSafely } from '../../platform/browser.js';
import { blockLines, Omissions } from './block-lines.js';
import { FORMAT, type Line, READABLE_FROM, VERSION } from '../format/lines.js';
import { readBlock, readBlockIds } from './read-session.js';
import { requireExportOptions } from '../options.js';
import { jsonOf } from '../../platform/json.js';

/** The size of a chunk from which lines are passed on, in characters. */
const CHUNK = 64 * 1024;

/**
 * The bytes of an export. Each session is read in a transaction of its own, which is over before bytes are passed on;
 * so at most one session is in memory, without its blobs. Ends with an error if something was left out and there is no
 * `onDamaged`.
 */
export async function* exportSessions(
  read: DatabaseAccess['read'],
  options: ExportOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  requireExportOptions(options);
  const { sessionIds, signal, onProgress, onDamaged } = options;
  const pace = new Pace(signal);
  const lines = new LineWriter();
  const done: TransferProgress = { sessions: 0, snapshots: 0, entries: 0, bytes: 0 };
  const omissions = new Omissions(onDamaged);
  signal?.throwIfAborted();
  const ids = await read((transaction) => readBlockIds(transaction, sessionIds));
  const exportedAt = new Date().toISOString();
  lines.add({ type: 'header', format: FORMAT, version: VERSION, readableFrom: READABLE_FROM, exportedAt });
  for (const id of ids) {
    await pace.rest();
    const block = await read((transaction) => readBlock(transaction, id, signal)).catch((error: unknown) => {
      if (!(error instanceof SessionStoreError) || error.status !== 'DATA_LOSS') throw error;
      omissions.add(id);
    });
    if (!block) continue;
    const counts = { snapshots: 0, entries: 0 };
    let isBegun = false;
    let isSelectionLost = false;
    for await (const line of blockLines(block, omissions, pace)) {
      await pace.step();
      if (line === 'selection lost') {
        isSelectionLost = true;
        continue;
      }
      isBegun = true;
      if (line.type === 'snapshot') counts.snapshots++;
      if (line.type === 'entry') counts.entries++;
      lines.add(line);
      if (lines.length >= CHUNK) yield lines.take();
    }
    // No snapshot of it could be read.
    if (!isBegun) continue;
    if (lines.length > 0) yield lines.take();
    const lost = isSelectionLost && ({ selectionLost: true } as const);
    lines.add({ type: 'session-end', ...counts, ...lost, sha256: lines.digest() });
    done.sessions++;
    done.snapshots += counts.snapshots;
    done.entries += counts.entries;
    done.bytes = lines.bytes;
    if (onProgress) callSafely(onProgress, { ...done, totalSessions: ids.length });
  }
  await pace.rest();
  yield lines.take();
  omissions.requireNone();
  const { sessions, snapshots, entries } = done;
  const { all } = omissions;
  const damaged: { damaged?: DamagedPart[] } = all.length > 0 ? { damaged: all } : {};
  lines.add({ type: 'end', sessions, snapshots, entries, ...damaged, sha256: lines.digest() });
  yield lines.take();
}

/** Buffers lines, and computes the digest of what was taken. */
class LineWriter {
  bytes = 0;
  #text = '';
  readonly #hash = sha256.create();
  readonly #encoder = new TextEncoder();

  get length(): number {
    return this.#text.length;
  }

  add(line: Line): void {
    this.#text += `${jsonOf(line)}\n`;
  }

  take(): Uint8Array {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = '';
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    return bytes;
  }

  /** The digest of everything before; the buffer has to be taken first. */
  digest(): string {
    return bytesToHex(this.#hash.clone().digest());
  }
}
