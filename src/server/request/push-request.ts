import {
  LINE_FORMAT,
  type Limits,
  type PushHead,
  type PushLine,
  type Refusal,
} from '../../sync/protocol/index.js';
import { invalid, Problem } from '../http/problem.js';
import { headSchema, lineSchema, validated } from './schemas.js';
import { oversize, rowsOf } from './sizes.js';

export interface PushRequest {
  head: PushHead;
  /** Each line, or why it is refused whatever the database says. */
  lines: (PushLine | Refusal)[];
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function readLine(text: string, limits: Limits): PushLine | Refusal {
  const json = parsed(text);
  if (!json) {
    return { refused: 'invalid', path: '', message: 'is not a line of JSON: it may have been cut' };
  }
  const format = (json.value as { format?: unknown } | null)?.format;
  if (Number.isInteger(format) && (format as number) > LINE_FORMAT) {
    return { refused: 'newer', format: format as number };
  }
  const result = validated(lineSchema, json.value);
  if ('wrong' in result) return { refused: 'invalid', ...result.wrong };
  return oversize(result.value, limits) ?? result.value;
}

/** Everything about a push that can be said without the database. */
export function readPush(body: string, limits: Limits): PushRequest {
  const texts = body.split('\n').filter((line) => line.trim() !== '');
  const json = parsed(texts[0] ?? '');
  if (!json) {
    throw invalid('line 0', 'a push is JSON Lines, and its first line { "replica": … }; got something else');
  }
  const head = validated(headSchema, json.value);
  if ('wrong' in head) throw invalid(`line 0: ${head.wrong.path}`, head.wrong.message);
  if (texts.length - 1 > limits.requestRows) throw tooMany(texts.length - 1, limits);
  const lines = texts.slice(1).map((text) => readLine(text, limits));
  const rows = lines.reduce((sum, line) => sum + ('op' in line ? rowsOf(line) : 1), 0);
  if (rows > limits.requestRows) throw tooMany(rows, limits);
  return { head: head.value, lines };
}

const tooMany = (rows: number, { requestRows }: Limits) =>
  new Problem(413, 'INVALID_ARGUMENT', `the push has ${rows} rows; send at most ${requestRows} at a time`);
