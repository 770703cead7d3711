import type { Limits } from '../protocol/limits.js';
import type { Body, PushHead, PushLine } from '../protocol/push.js';
import { isPushEnd, type PushEnd, type PushResult } from '../protocol/results.js';
import { CURSOR_HEADER, JSON_LINES } from '../protocol/versions.js';
import type { Deadline } from './deadline.js';
import { requireType } from './answer.js';
import { pushLine } from './checked.js';
import { WireFault } from './fault.js';
import { linesOf, textOf } from './lines.js';
import { type Medium, sendMedium, wireBody } from './media.js';
import type { Requests } from './requests.js';

/** What is pushed at once; ages in it are as of `collectedAt`, by `performance.now()`. */
export interface Push {
  head: PushHead;
  lines: readonly PushLine[];
  collectedAt: number;
  /** What this device knows: a server that does not know it was restored from a backup, and takes nothing. */
  cursor: string | undefined;
}

export interface PushAnswer {
  /** `line` counts from 0, through the lines that were pushed. */
  results: PushResult[];
  /** Absent if the answer was cut: `fault` says how. */
  end?: PushEnd;
  fault?: unknown;
}

/** Sends lines, and the media that the server says are missing; then the lines once more. */
export async function push(
  requests: Requests,
  { head, lines, collectedAt, cursor }: Push,
  limits: Limits,
  signal: AbortSignal,
): Promise<PushAnswer> {
  const media = new Map<string, Medium>();
  const sent: PushLine[] = [];
  for (const line of lines) sent.push(await withWireBodies(line, limits, media));
  const body = () => textOfPush(head, sent, performance.now() - collectedAt);
  const answer = await once(requests, body, cursor, signal);
  const missing = missingMedia(answer.results).flatMap((digest) => media.get(digest) ?? []);
  if (missing.length === 0) return answer;
  for (const medium of missing) await sendMedium(medium, requests, limits.partBytes, signal);
  return once(requests, body, cursor, signal);
}

const missingMedia = (results: PushResult[]): string[] => [
  ...new Set(
    results.flatMap((result) =>
      'refused' in result && result.refused === 'missing' ? (result.media ?? []) : [],
    ),
  ),
];

async function withWireBodies(line: PushLine, limits: Limits, media: Map<string, Medium>): Promise<PushLine> {
  if (line.op === 'snapshot') return { ...line, body: await wireBody(line.body, limits, media) };
  if (line.op !== 'entries') return line;
  const bodies: Body[] = [];
  for (const body of line.bodies) bodies.push(await wireBody(body, limits, media));
  return { ...line, bodies };
}

/** Time that passed since lines were collected makes what they tell older, so that a slow network makes no edit young. */
function textOfPush(head: PushHead, lines: PushLine[], passedMs: number): string {
  const aged = { ...head, ...(head.heard !== undefined && { heard: head.heard + passedMs }) };
  return [aged, ...lines.map((line) => olderBy(line, passedMs))]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

function olderBy(line: PushLine, passedMs: number): PushLine {
  if (line.op === 'snapshot' && line.beat !== undefined) return { ...line, beat: line.beat + passedMs };
  if (line.op !== 'session' || !line.fields) return line;
  const fields = Object.entries(line.fields).map(([name, edit]) => [
    name,
    { ...edit, age: edit.age + passedMs },
  ]);
  return { ...line, fields: Object.fromEntries(fields) as NonNullable<typeof line.fields> };
}

async function once(
  requests: Requests,
  body: () => string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<PushAnswer> {
  const headers = {
    'content-type': JSON_LINES,
    ...(cursor !== undefined && { [CURSOR_HEADER]: cursor }),
  };
  return requests.answered('/push', { method: 'POST', headers, body, signal }, readAnswer);
}

/** Reads as far as the answer came: what is said of the first lines holds even if it was cut after them. */
async function readAnswer(response: Response, deadline: Deadline): Promise<PushAnswer> {
  requireType(response, /json/i);
  const results: PushResult[] = [];
  let fault: unknown;
  try {
    for await (const text of linesOf(textOf(response, deadline))) {
      if (!text.trim()) continue;
      const line = pushLine(parsed(text));
      if (isPushEnd(line)) return { results, end: line };
      // The head is line 0 of the server.
      results.push({ ...line, line: line.line - 1 });
    }
  } catch (error) {
    fault = error;
  }
  return { results, fault: fault ?? cut() };
}

const cut = () => new WireFault('offline', 'the answer of the server of sync was cut');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw cut();
  }
}
