import {
  CURSOR_HEADER,
  GENERATION_HEADER,
  PROTOCOL_HEADER,
  TENANT_HEADER,
} from '../../sync/protocol/index.js';

const HEADERS = [
  PROTOCOL_HEADER,
  TENANT_HEADER,
  GENERATION_HEADER,
  CURSOR_HEADER,
  'content-type',
  'authorization',
].join(', ');

/** What browsers are told of who may ask. An origin that is not listed gets no word of it, and the browser refuses. */
export function corsHeaders(request: Request, origins: readonly string[]): Record<string, string> {
  const origin = request.headers.get('origin');
  if (origin === null || !origins.includes(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'retry-after',
  };
}

export const preflight = (request: Request, origins: readonly string[]): Response => {
  const headers = corsHeaders(request, origins);
  if (!headers['access-control-allow-origin']) return new Response(null, { status: 204, headers });
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      'access-control-allow-methods': 'GET, POST, PUT',
      'access-control-allow-headers': HEADERS,
      'access-control-max-age': '600',
    },
  });
};
