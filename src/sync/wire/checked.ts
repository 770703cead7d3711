import { WireFault } from './fault.js';
import { list, number, object, optional, type Schema, string } from '../../values/schema.js';
import type { ChangesPage, ServerInfo, SessionPage } from '../protocol/pages.js';
import type { PushEnd, PushResult } from '../protocol/results.js';

/** What the client relies on in an answer; what is in rows is checked where they are applied. */
const info = object({
  versions: object({ oldest: number, newest: number }),
  tenant: string,
  generation: string,
  limits: object({ requestBytes: number, requestRows: number, valueBytes: number, partBytes: number }),
});
const changes = object({ generation: string, now: number, cursor: optional(string), sessions: list });
const session = object({ generation: string, now: number, seq: number, rows: list });
const result = object({ line: number });
const end = object({ now: number, generation: string, before: string, cursor: string });

/** A value of the server's that has the form; `offline` otherwise, since whatever answers is not our server, or half of it. */
function required<T>(schema: Schema, value: unknown): T {
  const issue = schema(value);
  if (!issue) return value as T;
  const path = issue.path?.join('.') || 'it';
  throw new WireFault('offline', `the answer is not one of the server of sync: ${path}: ${issue.message}`);
}

export const serverInfo = (value: unknown): ServerInfo => required(info, value);
export const changesPage = (value: unknown): ChangesPage => required(changes, value);
export const sessionPage = (value: unknown): SessionPage => required(session, value);
export const pushLine = (value: unknown): PushResult | PushEnd =>
  required(Object.hasOwn(Object(value) as object, 'end') ? end : result, value);
