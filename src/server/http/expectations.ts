import { CURSOR_HEADER, GENERATION_HEADER, TENANT_HEADER } from '../../sync/protocol/index.js';
import { cursorOf, type Cursor } from '../pull/cursor.js';
import { CURSOR } from '../request/schemas.js';
import { opaqueId } from '../tenant/opaque-id.js';
import { invalid, Problem } from './problem.js';

/** What a device takes to be so. Where it is not, nothing is read or written. */
export interface Expectations {
  generation: string | undefined;
  cursor: Cursor | undefined;
}

export function expectationsOf(request: Request, tenant: string): Expectations {
  const expected = request.headers.get(TENANT_HEADER);
  if (expected !== null && expected !== opaqueId(tenant)) {
    throw new Problem(403, 'PERMISSION_DENIED', 'somebody else is signed in than this device syncs for');
  }
  const cursor = request.headers.get(CURSOR_HEADER);
  if (cursor !== null && !CURSOR.test(cursor)) {
    throw invalid(`header ${CURSOR_HEADER}`, 'must be a cursor that an answer gave');
  }
  return {
    generation: request.headers.get(GENERATION_HEADER) ?? undefined,
    cursor: cursor === null ? undefined : cursorOf(cursor),
  };
}

export function checkGeneration({ generation }: Expectations, actual: string): void {
  if (generation !== undefined && generation !== actual) throw restored();
}

export const restored = (): Problem =>
  new Problem(
    409,
    'FAILED_PRECONDITION',
    'the server was restored from a backup: list all sessions, and push what it lacks',
  );
