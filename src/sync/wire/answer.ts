import { startOf } from '../../values/schema.js';
import type { ErrorAnswer } from '../protocol/pages.js';
import { retryAfterMs } from './backoff.js';
import type { Deadline } from './deadline.js';
import { type FaultKind, WireFault } from './fault.js';
import { textOf } from './lines.js';

const KINDS: Record<number, FaultKind> = {
  401: 'needs-auth',
  403: 'forbidden',
  404: 'absent',
  409: 'restored',
  410: 'horizon',
  413: 'too-large',
  426: 'version',
  408: 'busy',
  425: 'busy',
  429: 'busy',
};

/** How much of an error's text is read: a proxy's page is of no use. */
const MOST_TEXT = 4096;

type Problem = { error?: Partial<ErrorAnswer['error']> } | null;

/** What an answer that is no success means. The server says it as `{ error, message }`; what stands before it does not. */
export async function faultOf(response: Response, deadline: Deadline): Promise<WireFault> {
  const { status, headers } = response;
  const problem = await problemOf(response, deadline);
  const error = problem?.error;
  const byStatus = KINDS[status] ?? (status >= 500 ? 'busy' : 'refused');
  const kind = error?.update ? 'version' : byStatus;
  if (typeof error?.message !== 'string' && OURS.includes(kind)) {
    return new WireFault('offline', `HTTP ${status} is not from the server of sync. Check options.url`);
  }
  const said = error?.message ? `: ${startOf(error.message, 300)}` : '';
  return new WireFault(
    kind,
    `${ADVICE[kind]} (HTTP ${status}${said})`,
    undefined,
    retryAfterMs(headers.get('retry-after')),
  );
}

/** What others say too, who know nothing of sync: a proxy, a portal, whoever has the address by mistake. */
const OURS: FaultKind[] = ['absent', 'restored', 'horizon', 'refused', 'forbidden'];

const ADVICE: Record<FaultKind, string> = {
  offline: 'the server of sync cannot be reached',
  busy: 'the server of sync asks for patience',
  'needs-auth': 'the server of sync does not know who is signed in. Sign in, and call now()',
  'too-large': 'the server of sync does not take that much',
  forbidden: 'the server of sync does not let this person in, or somebody else is signed in',
  restored: 'the server of sync was restored from a backup',
  horizon: 'the server of sync no longer knows what this device saw last',
  absent: 'the server of sync has no such thing',
  version: 'the app and the server of sync speak no common version. Update the older one',
  refused: 'the server of sync refuses the request',
};

async function problemOf(response: Response, deadline: Deadline): Promise<Problem> {
  let text = '';
  try {
    for await (const piece of textOf(response, deadline)) {
      text += piece;
      if (text.length > MOST_TEXT) return null;
    }
    return JSON.parse(text) as Problem;
  } catch {
    return null;
  }
}

/** Refuses a success that is not the server's: a portal or a sign-in page answers everything with HTML. */
export function requireType(response: Response, type: RegExp): void {
  const came = response.headers.get('content-type') ?? 'nothing';
  if (type.test(came)) return;
  throw new WireFault(
    'offline',
    `the answer is ${startOf(came, 60)}, not of the server of sync. Check options.url, or sign in to the network`,
  );
}
