import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { StoredField } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { invalid, requireValid } from '../../values/arguments.js';
import { instantOf, record } from '../../values/schema.js';
import { bare } from '../../values/property.js';
import type { Pace } from '../../database/pace.js';
import { Unfit } from '../../encoding/nodes.js';
import { Allowance } from './allowance.js';
import { requireDamaged, requireFields, requireMedia } from '../format/checked-lists.js';
import { decodeValue, PartsBefore, type Decoded } from '../format/decode-value.js';
import { fitting, type Incoming, type IncomingSnapshot } from './imported-session.js';
import { anyHeader, infoSchema, lineSchema } from '../format/line-schemas.js';
import { LeftOutParts } from './left-out.js';
import {
  VERSION,
  type EncodedValue,
  type EndLine,
  type EntryLine,
  type HeaderLine,
  type Line,
  type SessionEndLine,
  type SessionLine,
  type SnapshotLine,
} from '../format/lines.js';
import { notAnExport } from './open-file.js';
import { parseJson } from '../format/parse-json.js';
import { cutOff, splitLines, type RawLine } from '../format/split-lines.js';

/** Reads an export. A session is passed on when it has been read completely and its digest is verified. */
export class ExportReader {
  bytes = 0;
  /** Set when the whole file has been read. */
  end: EndLine | undefined;
  /** What a newer format has, and this one does not know. */
  readonly leftOut = new LeftOutParts();
  readonly #hash = sha256.create();
  readonly #known = new Set<string>();
  readonly #counts = { sessions: 0, snapshots: 0, entries: 0 };
  #hasBegun = false;
  /** Written in a newer format that this version can read. */
  #isNewer = false;
  #open: Incoming | undefined;
  /** For the current session, or the next one. */
  #allowance = new Allowance();
  #before = new PartsBefore(false);

  async *read(
    bytes: AsyncIterable<Uint8Array>,
    maxLineBytes: number,
    pace: Pace,
  ): AsyncGenerator<Incoming, void, undefined> {
    let number = 0;
    for await (const raw of splitLines(bytes, maxLineBytes)) {
      ({ number } = raw);
      await pace.step();
      const session = await this.#take(raw, pace);
      if (session) yield session;
      this.#hash.update(raw.bytes);
      this.bytes += raw.bytes.length;
    }
    if (!this.end) throw cutOff(number + 1, 'is missing');
  }

  /** Takes a line; returns the session that ends with it. */
  async #take({ number, bytes }: RawLine, pace: Pace): Promise<Incoming | undefined> {
    const where = `line ${number}`;
    if (this.end) {
      if (bytes.length === 1) return undefined;
      throw invalid(
        where,
        'comes after the end. If several exports were joined to one file, import them one by one',
      );
    }
    const isFirst = !this.#hasBegun;
    const json = await parseJson(bytes, where, pace).catch((error: unknown) => {
      if (!isFirst || pace.signal?.aborted) throw error;
      throw notAnExport('it is no JSON Lines', where);
    });
    if (isFirst) this.#isNewer = requireReadable(json, where) > VERSION;
    const known = this.#isNewer ? await pace.run(this.leftOut.of(json)) : json;
    if (known === undefined) {
      // Parts before it are its own.
      this.#before = new PartsBefore(this.#isNewer);
      return undefined;
    }
    requireValid(lineSchema, known, where);
    const line = known as Line;
    if ((line.type === 'header') === this.#hasBegun) throw misplaced(where, line);
    this.#hasBegun = true;
    if (line.type !== 'session') this.#allowance.bytes += bytes.length;
    if (line.type === 'part') {
      await fitting(where, () => this.#before.add(line));
      return undefined;
    }
    if (line.type === 'dropped') this.#before = new PartsBefore(this.#isNewer);
    const session = await this.#takeWhole(line, bytes.length, where, pace);
    if (!this.#before.isUsed) throw invalid(where, 'does not refer to all parts before it');
    this.#before = new PartsBefore(this.#isNewer);
    return session;
  }

  async #takeWhole(line: Line, size: number, where: string, pace: Pace): Promise<Incoming | undefined> {
    const decoded: Decode = (value, part) =>
      decode(value, `${where}.${part}`, this.#before, this.#allowance, pace);
    switch (line.type) {
      case 'session':
        await this.#begin(line, size, where, decoded);
        return undefined;
      case 'entry':
        this.#session(line, where).entries.push(await entryOf(line, where, decoded, pace));
        return undefined;
      case 'snapshot':
        this.#session(line, where).snapshots.push(await snapshotOf(line, where, decoded, pace));
        return undefined;
      case 'session-end':
        return this.#close(line, where);
      case 'end':
        if (this.#open) throw misplaced(where, line);
        await pace.run(requireDamaged(line.damaged ?? [], where));
        this.#require(line, this.#counts, where);
        this.end = line;
        return undefined;
      default:
        return undefined;
    }
  }

  async #begin(line: SessionLine, size: number, where: string, decoded: Decode): Promise<void> {
    if (this.#open) throw misplaced(where, line);
    const { sessionId, title, metadata, createdAt, updatedAt, selectedSnapshotId } = bare({ ...line });
    if (sessionId !== null && this.#known.has(sessionId)) throw invalid(`${where}.sessionId`, 'comes twice');
    if (sessionId !== null) this.#known.add(sessionId);
    // Part lines of its metadata came before it.
    this.#allowance.bytes += size;
    const given = metadata && (await decoded(metadata, 'metadata')).value;
    if (metadata) requireValid(record, given, where, 'metadata');
    this.#open = {
      sessionId: sessionId ?? undefined,
      title,
      metadata: given as Incoming['metadata'],
      createdMs: instantOf(createdAt),
      updatedMs: instantOf(updatedAt),
      selected: selectedSnapshotId,
      entries: [],
      snapshots: [],
      allowance: this.#allowance,
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
    this.#allowance = new Allowance();
    if (line.selectionLost) session.selected = undefined;
    // No snapshot of it could be exported.
    return counts.snapshots > 0 ? session : undefined;
  }

  /** Checks counts and digest against what was written. */
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

/** The version of the file, if this one can read it. */
function requireReadable(json: unknown, where: string): number {
  if (anyHeader(json)) throw notAnExport('it has another beginning', where);
  const { version, readableFrom = version } = bare({ ...(json as HeaderLine) });
  if (readableFrom > version) throw invalid(`${where}.readableFrom`, 'is later than the version of the file');
  if (readableFrom <= VERSION) return version;
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    `${where}.version: was written by a newer Offshoot, in a format that this one cannot read. Update this one, then try again`,
    `${where}.version`,
  );
}

type Decode = (value: EncodedValue, part: string) => Promise<Decoded>;

async function entryOf(
  { log, at, value, media = [] }: EntryLine,
  where: string,
  decoded: Decode,
  pace: Pace,
): Promise<Incoming['entries'][number]> {
  await pace.run(requireMedia(media, where));
  const { isJson: _, ...entry } = await decoded(value, 'value');
  return { log, at, ...entry, media, where };
}

async function snapshotOf(
  { snapshotId, info, fields }: SnapshotLine,
  where: string,
  decoded: Decode,
  pace: Pace,
): Promise<IncomingSnapshot> {
  await pace.run(requireFields(fields ?? [], where));
  const { value } = await decoded(info, 'info');
  requireValid(infoSchema, value, `${where}.info`);
  const stored: StoredField[] = [];
  for (const [key, kind, content] of fields ?? []) {
    await pace.step();
    if (kind === 'value') stored.push([key, kind, (await decoded(content, `fields.${key}`)).value]);
    else stored.push([key, kind, content]);
  }
  return {
    id: snapshotId,
    info: value as IncomingSnapshot['info'],
    ...(fields !== undefined && { fields: fields && stored }),
    where,
  };
}

async function decode(
  value: EncodedValue,
  where: string,
  before: PartsBefore,
  allowance: Allowance,
  pace: Pace,
): Promise<Decoded> {
  try {
    return await decodeValue(value, before, allowance, pace);
  } catch (error) {
    if (error instanceof Unfit) throw invalid([where, ...error.path].join('.'), error.message);
    if (pace.signal?.aborted) throw error;
    throw invalid(where, 'is not an encoded value', error);
  }
}
