import { SessionStoreError } from '../../index.js';

export function refuse(path: string, problem: string, cause?: unknown): never {
  throw new SessionStoreError('INVALID_ARGUMENT', `${path} ${problem}`, path, cause);
}

export function refuseNow(path: string, problem: string): never {
  throw new SessionStoreError('FAILED_PRECONDITION', `${path} ${problem}`, path);
}
