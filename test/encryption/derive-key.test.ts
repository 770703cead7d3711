import { expect, test, vi } from 'vitest';
import { deriveKey } from '../../src/encryption/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

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

/** Made by OpenSSL's Argon2id (version 1.3, one lane), of 'correct horse' and the salt above. */
const BY_OPENSSL = [
  [{}, 'd00b90c40f918cf889780d7d3a9ec3c2b1719df87dc5e4d4d93ea6163db04e17'],
  [{ memoryKiB: 7168, passes: 5 }, '23d68189c3671f8f72ba22234090bce60880416b332132237686d77f715d60c8'],
] as const;

test.each(BY_OPENSSL)(
  'with %o it is the key that Argon2id makes, and cannot be exported',
  async (work, hash) => {
    const key = await deriveKey('correct horse', { salt, algorithm: 'argon2id', ...work });
    expect([key.extractable, key.algorithm, key.usages]).toEqual([
      false,
      { name: 'AES-GCM', length: 256 },
      ['encrypt', 'decrypt'],
    ]);
    const raw = Uint8Array.from(hash.match(/../g)!, (byte) => parseInt(byte, 16));
    const same = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
    const iv = new Uint8Array(12);
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv },
      key,
      new TextEncoder().encode('hello'),
    );
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, same, sealed);
    expect(new TextDecoder().decode(opened)).toBe('hello');
  },
);

test('a key of Argon2id opens what it has encrypted, and one with more memory, or more passes, does not', async () => {
  const name = freshName();
  const small = { salt, algorithm: 'argon2id', memoryKiB: 7168, passes: 5 } as const;
  // What becomes of the caller's bytes afterwards is theirs to decide.
  const lent = { ...small, salt: salt.slice() };
  const deriving = deriveKey('caf\u00e9', lent);
  lent.salt.fill(0);
  const store = openStore({ name, encryption: { key: await deriving } });
  await save(store, 'a', turn(1));
  const again = openStore({ name, encryption: { key: await deriveKey('cafe\u0301', small) } });
  expect((await again.getSnapshot({ snapshotId: 'a' }))?.snapshotId).toBe('a');
  for (const other of [{ ...small, memoryKiB: 7176 }, { ...small, passes: 6 }, { salt }]) {
    const stranger = openStore({ name, encryption: { key: await deriveKey('caf\u00e9', other) } });
    await expectRefusal(() => stranger.getSnapshot({ snapshotId: 'a' }), 'PERMISSION_DENIED');
  }
});

test.each<[object, string, RegExp]>([
  [{ algorithm: 'argon2' }, 'algorithm', /"argon2id"/],
  [{ algorithm: 'Argon2id' }, 'algorithm', /"argon2id", got 'Argon2id'/],
  [{ algorithm: 'argon2id', iterations: 600_000 }, 'iterations', /passes/],
  [{ memoryKiB: 19_456 }, 'memoryKiB', /algorithm: 'argon2id'/],
  [{ algorithm: 'pbkdf2', passes: 2 }, 'passes', /algorithm: 'argon2id'/],
  [{ algorithm: 'argon2id', memoryKiB: 19_455 }, 'passes', /at least 3 with 19455 KiB/],
  [{ algorithm: 'argon2id', memoryKiB: 47_103, passes: 1 }, 'passes', /at least 2/],
  [{ algorithm: 'argon2id', memoryKiB: 7167, passes: 9 }, 'memoryKiB', /from 7168/],
  [{ algorithm: 'argon2id', memoryKiB: 2 ** 20 + 1 }, 'memoryKiB', /to 1048576/],
  [{ algorithm: 'argon2id', passes: 101 }, 'passes', /to 100/],
  [{ algorithm: 'argon2id', passes: 2.5 }, 'passes', /whole number/],
  [{ algorithm: 'argon2id', passes: '2' }, 'passes', /got '2'/],
  [{ algorithm: 'argon2id', memoryKib: 19_456 }, 'memoryKib', /Did you mean memoryKiB/],
])('%o is refused, and the error says what to do', async (work, option, advice) => {
  const error = await expectRefusal(
    () => deriveKey('p', { salt, ...work }),
    'INVALID_ARGUMENT',
    `options.${option}`,
  );
  expect(error.message).toMatch(advice);
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
