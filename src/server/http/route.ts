import { PROTOCOL, OLDEST_PROTOCOL, PROTOCOL_HEADER } from '../../sync/protocol/index.js';
import { addresses, validated } from '../request/schemas.js';
import { invalid, Problem } from './problem.js';

export type Route =
  | { name: 'info' }
  | { name: 'push' }
  | { name: 'changes'; since?: string; wait?: number; order?: 'newest'; after?: string }
  | { name: 'session'; incarnation: string; since?: number; replica?: string }
  | { name: 'medium'; digest: string; part: number };

/** The end of the path counts: what is before it is where the app has put the handler. */
function read(
  path: string,
  search: URLSearchParams,
): [name: Exclude<Route['name'], 'info' | 'push'>, value: object] | 'push' | 'info' {
  const query = Object.fromEntries(search);
  if (path.endsWith('/push')) return 'push';
  if (path.endsWith('/changes')) return ['changes', query];
  const session = /\/sessions\/([^/]+)$/.exec(path);
  if (session) return ['session', { ...query, incarnation: decoded(session[1]!) }];
  const medium = /\/media\/([^/]+)\/([^/]+)$/.exec(path);
  if (medium) return ['medium', { digest: decoded(medium[1]!), part: medium[2]! }];
  return 'info';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('path', 'is not percent-encoded UTF-8');
  }
}

const METHODS: Record<Route['name'], readonly string[]> = {
  info: ['GET'],
  push: ['POST'],
  changes: ['GET'],
  session: ['GET'],
  medium: ['GET', 'PUT'],
};

/** Which endpoint a request is for, with its parameters. */
export function routeOf(request: Request): Route {
  const { pathname, searchParams } = new URL(request.url);
  const found = read(pathname, searchParams);
  const name = typeof found === 'string' ? found : found[0];
  if (!METHODS[name].includes(request.method)) {
    throw new Problem(
      405,
      'INVALID_ARGUMENT',
      `${request.method} is not for this address, only ${METHODS[name].join(' and ')}`,
    );
  }
  if (typeof found === 'string') return { name: found };
  const result = validated<object>(addresses[found[0]], found[1]);
  if ('wrong' in result) throw invalid(result.wrong.path, result.wrong.message);
  return { name, ...result.value } as Route;
}

/** Throws if the header is missing, which a page of another origin cannot send, or names a protocol that is not spoken here. */
export function checkProtocol(request: Request): void {
  const header = request.headers.get(PROTOCOL_HEADER);
  if (header === null) throw invalid(`header ${PROTOCOL_HEADER}`, `must name the protocol: ${PROTOCOL}`);
  const version = /^\d{1,6}$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isNaN(version)) throw invalid(`header ${PROTOCOL_HEADER}`, 'must be a number');
  const spoken = `the server speaks ${OLDEST_PROTOCOL} to ${PROTOCOL}, the client ${version}`;
  if (version > PROTOCOL) {
    throw new Problem(400, 'FAILED_PRECONDITION', `the server is too old: ${spoken}. Update the server`, {
      update: 'server',
    });
  }
  if (version < OLDEST_PROTOCOL) {
    throw new Problem(400, 'FAILED_PRECONDITION', `the client is too old: ${spoken}. Reload the page`, {
      update: 'client',
    });
  }
}
