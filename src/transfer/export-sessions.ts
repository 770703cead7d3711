import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { DamagedPart, ExportOptions, TransferProgress } from '../contract/transfer.js';
import type { ReadTransaction, SnapshotRow } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { encodeValue } from './encode-value.js';
import { Coverage } from './coverage.js';
import { Unfit } from './inspect.js';
import { FORMAT, VERSION, type EncodedValue, type FieldLine, type Line } from './lines.js';
import { requireExportOptions } from './settings.js';
import { readBlock, readBlockIds, type Block, type StoredEntry } from './read-block.js';

/** Lines are handed on when there is so much of them, in characters. */
const CHUNK = 64 * 1024;

type Read = <T>(work: (transaction: ReadTransaction) => Promise<T>) => Promise<T>;

/**
 * The bytes of an export. Each session is read in a transaction of its own, and none is open while bytes are waited
 * for, or waited with; so at the most one session is in memory, without its blobs.
 */
export async function* exportSessions(
  read: Read,
  options: ExportOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  requireExportOptions(options);
  const { sessionIds, signal, onProgress } = options;
  const lines = new LineWriter();
  const done: TransferProgress = { sessions: 0, snapshots: 0, entries: 0, bytes: 0 };
  const damaged: DamagedPart[] = [];
  signal?.throwIfAborted();
  const ids = await read((transaction) => readBlockIds(transaction, sessionIds));
  lines.add({ type: 'header', format: FORMAT, version: VERSION, exportedAt: new Date().toISOString() });
  for (const id of ids) {
    signal?.throwIfAborted();
    const block = await read((transaction) => readBlock(transaction, id)).catch(
      (error: SessionStoreError) => {
        if (error.status !== 'DATA_LOSS') throw error;
        damaged.push(id);
      },
    );
    if (!block) continue;
    const counts = { snapshots: 0, entries: 0 };
    let isBegun = false;
    for await (const line of blockLines(block, damaged)) {
      signal?.throwIfAborted();
      isBegun = true;
      if (line.type === 'snapshot') counts.snapshots++;
      if (line.type === 'entry') counts.entries++;
      lines.add(line);
      if (lines.length >= CHUNK) yield lines.take();
    }
    // Nothing of it could be read.
    if (!isBegun) continue;
    if (lines.length > 0) yield lines.take();
    lines.add({ type: 'session-end', ...counts, sha256: lines.digest() });
    done.sessions++;
    done.snapshots += counts.snapshots;
    done.entries += counts.entries;
    done.bytes = lines.bytes;
    onProgress?.({ ...done, totalSessions: ids.length });
  }
  yield lines.take();
  const { sessions, snapshots, entries } = done;
  const lost = damaged.length > 0 ? { damaged } : {};
  lines.add({ type: 'end', sessions, snapshots, entries, ...lost, sha256: lines.digest() });
  yield lines.take();
}

/** A session's lines but the last; none if no snapshot of it can be read. */
async function* blockLines(block: Block, damaged: DamagedPart[]): AsyncGenerator<Line> {
  damaged.push(...block.damaged);
  const { sessionId } = block;
  const present = new Coverage(block.entries);
  const isWhole = ({ media }: StoredEntry) => media.every(([, log, at]) => present.has(log, at, 1));
  let entries = block.entries.filter(isWhole);
  const readable = (those: Block['snapshots']) => {
    const coverage = new Coverage(entries);
    return those.filter(({ spans }) => coverage.hasAll(spans.map(block.renumber)));
  };
  const candidates = readable(block.snapshots);
  if (candidates.length > 0) yield sessionLine(block, candidates, await metadataOf(block));

  const lost = new Set<StoredEntry>();
  for (const entry of candidates.length > 0 ? entries : []) {
    const { log, at, media } = entry;
    const value = await encoded(entry.value, sessionId, `log ${log}.${at}`).catch((error) => {
      if (error instanceof SessionStoreError) throw error;
      // The browser has lost the file behind a blob.
      lost.add(entry);
    });
    if (value) yield { type: 'entry', log, at, value, ...(media.length > 0 && { media }) };
  }
  if (lost.size > 0) entries = entries.filter((entry) => !lost.has(entry));

  const written = lost.size > 0 ? readable(candidates) : candidates;
  for (const { row } of written) yield await snapshotLine(row, block);
  for (const { row } of block.snapshots) {
    if (!written.some((each) => each.row === row)) damaged.push({ sessionId, snapshotId: row.id });
  }
}

function metadataOf({ session, sessionId }: Block): Promise<EncodedValue> | undefined {
  return session?.metadata && encoded(session.metadata, sessionId, 'metadata');
}

function sessionLine(
  { session, sessionId }: Block,
  snapshots: Block['snapshots'],
  metadata: EncodedValue | undefined,
): Line {
  const times = snapshots.map(({ row }) => row.createdMs);
  const selected = session?.selected;
  return {
    type: 'session',
    sessionId: sessionId ?? null,
    ...(session?.title !== undefined && { title: session.title }),
    ...(metadata && { metadata }),
    createdAt: new Date(session?.createdMs ?? Math.min(...times)).toISOString(),
    updatedAt: new Date(session?.updatedMs ?? Math.max(...times)).toISOString(),
    ...(snapshots.some(({ row }) => row.id === selected) && { selectedSnapshotId: selected }),
  };
}

async function snapshotLine({ id, info, state, sessionId }: SnapshotRow, block: Block): Promise<Line> {
  const fields: FieldLine[] = [];
  for (const [key, kind, content] of state?.fields ?? []) {
    if (kind !== 'value') fields.push([key, kind, block.renumber(content)]);
    else fields.push([key, kind, await encoded(content, sessionId, `snapshot "${id}".state.${key}`)]);
  }
  return {
    type: 'snapshot',
    snapshotId: id,
    info: await encoded(info, sessionId, `snapshot "${id}"`),
    ...(state !== undefined && { fields: state && fields }),
  };
}

async function encoded(value: unknown, sessionId: string | undefined, where: string): Promise<EncodedValue> {
  try {
    return await encodeValue(value);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    const path = [where, ...error.path].join('.');
    const whose = sessionId === undefined ? '' : ` of session "${sessionId}"`;
    throw new SessionStoreError(
      'FAILED_PRECONDITION',
      `${path}${whose} ${error.message}. Delete it, or name the other sessions in sessionIds`,
      path,
    );
  }
}

/** Gathers lines, and knows the digest of all that was taken. */
class LineWriter {
  bytes = 0;
  #text = '';
  readonly #hash = sha256.create();
  readonly #encoder = new TextEncoder();

  get length(): number {
    return this.#text.length;
  }

  add(line: Line): void {
    this.#text += `${JSON.stringify(line)}\n`;
  }

  take(): Uint8Array {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = '';
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    return bytes;
  }

  /** Of everything before, which has to be taken first. */
  digest(): string {
    return bytesToHex(this.#hash.clone().digest());
  }
}
