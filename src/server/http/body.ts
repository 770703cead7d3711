import { Problem } from './problem.js';

/** A request's body, as long as it is not longer than it may be. */
export async function bodyOf(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Problem(400, 'INVALID_ARGUMENT', 'the body was cut; send it again');
    });
    if (done) break;
    size += value.length;
    if (size > limit) {
      // Who sends for ever is not listened to.
      void reader.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

const tooLarge = (limit: number) =>
  new Problem(413, 'INVALID_ARGUMENT', `the body is larger than ${limit} bytes; send less at a time`);

export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem(400, 'INVALID_ARGUMENT', 'the body is not UTF-8');
  }
}
