import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { SessionStoreError } from '../../errors.js';
import { isStorable } from '../request/keys.js';

/** What devices remember of whom they sync for, without its name. */
export const opaqueId = (tenant: string): string =>
  bytesToHex(sha256(utf8ToBytes(`offshoot tenant ${tenant}`))).slice(0, 32);

const LONGEST = 255;

export function checkTenant(tenant: unknown): asserts tenant is string {
  const isUsable =
    typeof tenant === 'string' && tenant.trim() !== '' && tenant.length <= LONGEST && isStorable(tenant);
  if (isUsable) return;
  throw new SessionStoreError(
    'INVALID_ARGUMENT',
    `authorize() must return { tenant }, a string of 1 to ${LONGEST} characters that is not blank; got ${typeof tenant}`,
    'tenant',
  );
}
