import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import * as z from 'zod/mini';
import type { StoredField } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { invalid, requireNone } from '../validation/argument.js';
import { instantOf } from '../validation/instant.js';
import { decodeValue } from './decode-value.js';
import type { Incoming, IncomingSnapshot } from './incoming.js';
import { Unfit } from './inspect.js';
import { anyHeader, infoSchema, lineSchema } from './line-schemas.js';
import {
  VERSION,
  type EncodedValue,
  type EndLine,
  type EntryLine,
  type Line,
  type SessionEndLine,
  type SessionLine,
  type SnapshotLine,
} from './lines.js';
import { parseJson } from './parse-json.js';
import { cutOff, splitLines, type RawLine } from './split-lines.js';

/** Reads an export. A session is handed on when it has been read whole, and is as it was written. */
export class ExportReader {
  bytes = 0;
  /** Once all of it has been read. */
  end: EndLine | undefined;
  readonly #hash = sha256.create();
  readonly #known = new Set<string>();
  readonly #counts = { sessions: 0, snapshots: 0, entries: 0 };
  #hasBegun = false;
  #open: Incoming | undefined;

  async *read(
    stream: ReadableStream<Uint8Array>,
    maxLineBytes: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Incoming, void, undefined> {
    let number = 0;
    for await (const raw of splitLines(stream, maxLineBytes, signal)) {
      ({ number } = raw);
      const session = this.#take(raw);
      if (session) yield session;
      this.#hash.update(raw.bytes);
      this.bytes += raw.bytes.length;
    }
    if (!this.end) throw cutOff(number + 1, 'is missing');
  }

  /** The session that ends with this line. */
  #take({ number, bytes }: RawLine): Incoming | undefined {
    const where = `line ${number}`;
    if (this.end) throw invalid(where, 'comes after the end');
    const line = parseLine(parseJson(bytes, where), where, !this.#hasBegun);
    if ((line.type === 'header') === this.#hasBegun) throw misplaced(where, line);
    this.#hasBegun = true;
    switch (line.type) {
      case 'session':
        this.#begin(line, where);
        return undefined;
      case 'entry':
        this.#session(line, where).entries.push(entryOf(line, where));
        return undefined;
      case 'snapshot':
        this.#session(line, where).snapshots.push(snapshotOf(line, where));
        return undefined;
      case 'session-end':
        return this.#close(line, where);
      case 'end':
        if (this.#open) throw misplaced(where, line);
        this.#require(line, this.#counts, where);
        this.end = line;
        return undefined;
      default:
        return undefined;
    }
  }

  #begin(line: SessionLine, where: string): void {
    if (this.#open) throw misplaced(where, line);
    const { sessionId, title, metadata, createdAt, updatedAt, selectedSnapshotId } = line;
    if (sessionId !== null && this.#known.has(sessionId)) throw invalid(`${where}.sessionId`, 'comes twice');
    if (sessionId !== null) this.#known.add(sessionId);
    const record = metadata && decoded(metadata, `${where}.metadata`);
    if (metadata) required(z.looseObject({}), record, `${where}.metadata`);
    this.#open = {
      sessionId: sessionId ?? undefined,
      title,
      metadata: record as Incoming['metadata'],
      createdMs: instantOf(createdAt),
      updatedMs: instantOf(updatedAt),
      selected: selectedSnapshotId,
      entries: [],
      snapshots: [],
      where,
    };
  }

  #session(line: Line, where: string): Incoming {
    if (!this.#open) throw misplaced(where, line);
    return this.#open;
  }

  #close(line: SessionEndLine, where: string): Incoming | undefined {
    const session = this.#session(line, where);
    const counts = { snapshots: session.snapshots.length, entries: session.entries.length };
    this.#require(line, counts, where);
    this.#counts.sessions++;
    this.#counts.snapshots += counts.snapshots;
    this.#counts.entries += counts.entries;
    this.#open = undefined;
    // Nothing of it could be read when it was exported.
    return counts.snapshots > 0 ? session : undefined;
  }

  /** What was read must be what was counted, and what was digested, when it was written. */
  #require(line: SessionEndLine | EndLine, counts: Record<string, number>, where: string): void {
    const differs = Object.entries(counts).find(([key, count]) => line[key as 'snapshots'] !== count)?.[0];
    const isSame = bytesToHex(this.#hash.clone().digest()) === line.sha256;
    if (!differs && isSame) return;
    throw new SessionStoreError(
      'DATA_LOSS',
      `${where}.${differs ?? 'sha256'}: is not what comes before it. The file was changed after it was written. Use another copy`,
      `${where}.${differs ?? 'sha256'}`,
    );
  }
}

function misplaced(where: string, { type }: Line): SessionStoreError {
  return invalid(`${where}.type`, `"${type}" cannot come here`);
}

function parseLine(json: unknown, where: string, isFirst: boolean): Line {
  if (isFirst) {
    const header = anyHeader.safeParse(json);
    if (!header.success) throw invalid(where, 'is not the first line of an Offshoot export');
    if (header.data.version > VERSION) {
      throw new SessionStoreError(
        'FAILED_PRECONDITION',
        `${where}.version: was written by a newer Offshoot. Update this one, then try again`,
        `${where}.version`,
      );
    }
  }
  return required(lineSchema, json, where);
}

function entryOf({ log, at, value, media = [] }: EntryLine, where: string): Incoming['entries'][number] {
  return { log, at, value: decoded(value, `${where}.value`), media, where };
}

function snapshotOf({ snapshotId, info, fields }: SnapshotLine, where: string): IncomingSnapshot {
  const stored = fields?.map(([key, kind, content]): StoredField =>
    kind === 'value' ? [key, kind, decoded(content, `${where}.fields.${key}`)] : [key, kind, content],
  );
  return {
    id: snapshotId,
    info: required(infoSchema, decoded(info, `${where}.info`), `${where}.info`) as IncomingSnapshot['info'],
    ...(fields !== undefined && { fields: stored ?? null }),
    where,
  };
}

/** The value itself: Zod's copy has its keys in another order. */
function required<T>(schema: z.ZodMiniType<T>, value: unknown, where: string): T {
  requireNone(schema.safeParse(value).error?.issues[0], where);
  return value as T;
}

function decoded(value: EncodedValue, where: string): unknown {
  try {
    return decodeValue(value);
  } catch (error) {
    if (error instanceof Unfit) throw invalid([where, ...error.path].join('.'), error.message);
    throw invalid(where, 'is not an encoded value', error);
  }
}
