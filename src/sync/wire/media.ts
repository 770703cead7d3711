import { subtleCrypto } from '../../platform/browser.js';
import type { Limits } from '../protocol/limits.js';
import type { Body } from '../protocol/push.js';
import { WireFault } from './fault.js';
import type { Requests } from './requests.js';

/** A medium that a body was made of, in case the server does not have it. */
export interface Medium {
  digest: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

/** A text as it is sent: itself, or as a medium if it is too large for a row of the server. */
export async function wireBody(
  body: Body,
  { valueBytes, partBytes }: Pick<Limits, 'valueBytes' | 'partBytes'>,
  media: Map<string, Medium>,
): Promise<Body> {
  // The limit is one of JSON, which is longer than the text by its escapes.
  if (typeof body !== 'string' || body.length < valueBytes / 6) return body;
  if (encoder.encode(JSON.stringify(body)).length <= valueBytes) return body;
  const bytes = encoder.encode(body);
  const digest = hex(await subtleCrypto().digest('SHA-256', bytes));
  media.set(digest, { digest, bytes });
  return { media: [[digest, Math.ceil(bytes.length / partBytes), bytes.length]] };
}

/** The text that `wireBody` was given. */
export async function localBody(body: Body, requests: Requests, signal: AbortSignal): Promise<Body> {
  if (typeof body === 'string' || body.text !== undefined || body.media.length !== 1) return body;
  const [digest, parts, size] = body.media[0]!;
  const bytes = new Uint8Array(size);
  let end = 0;
  for (let part = 0; part < parts; part++) {
    const path = `/media/${encodeURIComponent(digest)}/${part}`;
    const piece = await requests.answered(path, { signal }, async (response, deadline) =>
      deadline.race(response.arrayBuffer()),
    );
    if (end + piece.byteLength > size) throw tornMedium(digest);
    bytes.set(new Uint8Array(piece), end);
    end += piece.byteLength;
  }
  if (end !== size || hex(await subtleCrypto().digest('SHA-256', bytes)) !== digest) throw tornMedium(digest);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Sends a medium, part by part. Parts that are there already are written once more, with the same. */
export async function sendMedium(
  { digest, bytes }: Medium,
  requests: Requests,
  partBytes: number,
  signal: AbortSignal,
): Promise<void> {
  for (let part = 0; part * partBytes < bytes.length; part++) {
    const piece = bytes.subarray(part * partBytes, (part + 1) * partBytes);
    const headers = { 'content-type': 'application/octet-stream' };
    await requests.answered(
      `/media/${digest}/${part}`,
      { method: 'PUT', headers, body: () => piece, signal },
      async (response, deadline) => void (await deadline.race(response.arrayBuffer())),
    );
  }
}

const tornMedium = (digest: string) =>
  new WireFault('offline', `the medium ${digest} of the server of sync is not what its digest says`);

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
