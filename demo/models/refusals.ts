import { beginningOf } from '../app/cut.js';
import type { Endpoint } from './settings.js';

/** What the page may ask over http. The Content-Security-Policy says the same, and cannot name `[::1]`. */
export const isOnThisComputer = (url: URL): boolean => ['localhost', '127.0.0.1'].includes(url.hostname);

/** For a request that got no answer that this page may read: browsers do not say why. */
export function unreachable({ label, baseUrl }: Endpoint): string {
  const url = new URL(baseUrl);
  if (isOnThisComputer(url)) {
    return (
      `${label} does not answer at ${baseUrl}. Is it running? If it is, it may not answer web pages: ` +
      `start Ollama with OLLAMA_ORIGINS=${location.origin} for this one. ` +
      `If the browser asks whether this page may reach your local network, allow it.`
    );
  }
  if (!navigator.onLine) return `You are offline, and ${label} is at ${url.host}.`;
  return (
    `${label} does not answer at ${baseUrl}. Check the address and your connection. ` +
    `If both are right, the server does not allow requests from ${location.origin} (CORS).`
  );
}

/** For an answer that is none: the status, what the server itself says, and what can be done. */
export async function refusal(response: Response, endpoint: Endpoint): Promise<string> {
  const said = messageIn(await response.text().catch(() => ''));
  const what = [`${endpoint.label} answered ${response.status}`, said].filter(Boolean).join(': ');
  return [what.replace(/[.!?]?$/, '.'), adviceFor(response.status, endpoint)].join(' ').trim();
}

function adviceFor(status: number, { model, key }: Endpoint): string {
  if (status === 401 || status === 403) {
    return key === 'none'
      ? 'It may want an API key: enter one in the model settings.'
      : 'Check the API key in the model settings.';
  }
  if (status === 404) return `Check in the model settings the base URL, and whether it has “${model}”.`;
  if (status === 413) return 'The branch is too long for it, or its images are too large.';
  if (status === 429) return 'Wait a moment, then retry; or look at the limits of your account.';
  if (status >= 500) return 'The trouble is on its side: retry later.';
  return '';
}

/** Longer ones are pages that some proxy has sent. */
const LONGEST_MESSAGE = 300;

function messageIn(body: string): string {
  try {
    return messageOf(JSON.parse(body)) ?? '';
  } catch {
    return body.includes('<') ? '' : beginningOf(body.trim(), LONGEST_MESSAGE);
  }
}

/** `{ error: { message } }`, `{ error }` and `{ message }` are all in use. */
export function messageOf(body: { error?: { message?: string } | string; message?: string }) {
  const { error = body.message } = body ?? {};
  const message = typeof error === 'object' ? error.message : error;
  return typeof message === 'string' ? beginningOf(message, LONGEST_MESSAGE) : undefined;
}
