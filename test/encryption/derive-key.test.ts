import { expect, test, vi } from 'vitest';
import { deriveKey } from '../../src/encryption/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../browser/expect-refusal.js';
import { freshName, openStore } from '../browser/open-store.js';

// It is meant to take long.
vi.setConfig({ testTimeout: 60_000 });

const salt = Uint8Array.from({ length: 16 }, (_, n) => n);

test('one passphrase opens what it has encrypted, in whichever form it is typed, and no other does', async () => {
  const name = freshName();
  const store = openStore({ name, encryption: { key: await deriveKey('caf\u00e9', { salt }) } });
  await save(store, 'a', turn(1));
  const again = openStore({ name, encryption: { key: await deriveKey('cafe\u0301', { salt }) } });
  expect((await again.getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
  for (const options of [{ salt: salt.map((byte) => byte + 1) }, { salt, iterations: 600_001 }]) {
    const other = openStore({ name, encryption: { key: await deriveKey('caf\u00e9', options) } });
    await expectRefusal(() => other.getSnapshot({ snapshotId: 'a' }), 'PERMISSION_DENIED');
  }
});

test('it is the key that PBKDF2 with HMAC-SHA-256 and 600,000 iterations makes, and cannot be exported', async () => {
  const key = await deriveKey('correct horse', { salt });
  expect([key.extractable, key.algorithm, key.usages]).toEqual([
    false,
    { name: 'AES-GCM', length: 256 },
    ['encrypt', 'decrypt'],
  ]);
  const { pbkdf2Sync, createDecipheriv } = await import('node:crypto');
  const iv = new Uint8Array(12);
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode('hello')),
  );
  const decipher = createDecipheriv(
    'aes-256-gcm',
    pbkdf2Sync('correct horse', salt, 600_000, 32, 'sha256'),
    iv,
  );
  decipher.setAuthTag(sealed.slice(-16));
  expect(decipher.update(sealed.slice(0, -16), undefined, 'utf8') + decipher.final('utf8')).toBe('hello');
});

test('what would make a weak key is refused', async () => {
  for (const passphrase of ['', ' ', 7, undefined]) {
    await expectRefusal(() => deriveKey(passphrase as string, { salt }), 'INVALID_ARGUMENT', 'passphrase');
  }
  for (const bad of [undefined, 'salt', new Uint8Array(15)]) {
    await expectRefusal(
      () => deriveKey('p', { salt: bad as typeof salt }),
      'INVALID_ARGUMENT',
      'options.salt',
    );
  }
  for (const iterations of [0, 599_999, 600_000.5, '600000']) {
    const options = { salt, iterations: iterations as number };
    await expectRefusal(() => deriveKey('p', options), 'INVALID_ARGUMENT', 'options.iterations');
  }
});
