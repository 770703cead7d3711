import { type Storage, StorageError } from '@strands-agents/sdk';
import { describe, expect, test } from 'vitest';
import { snapshotOf, uuid } from './snapshot-storage-cases.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array | null) => data && new TextDecoder().decode(data);
const history = 'session/trip/scopes/agent/helper/snapshots/immutable_history/';

/**
 * What the SDK's unified `Storage` promises, for its own implementations and for ours. One that `lacks` copies writes what
 * the bytes are later, which is then what has to be seen.
 */
export function describeStorage(name: string, open: () => Storage, lacks?: 'copies'): void {
  describe(`Storage: ${name}`, () => {
    test('bytes come back as they were written last', async () => {
      const storage = open();
      expect(await storage.read('a/b.bin')).toBeNull();
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      await storage.write('a/b.bin', bytes('old'));
      await storage.write('a/b.bin', all);
      expect(await storage.read('a/b.bin')).toEqual(all);
      await storage.write('empty', new Uint8Array());
      expect(await storage.read('empty')).toEqual(new Uint8Array());
    });

    test.each([
      ['a snapshot', JSON.stringify(snapshotOf(['one', 'two']))],
      ['a snapshot with spaces', JSON.stringify(snapshotOf(['one']), null, 2)],
      ['other JSON', '{"data":[1]}'],
      ['no JSON', 'hello'],
      ['nothing', ''],
      ['a byte order mark', '\uFEFF{"data":{}}'],
    ])('%s under a key for snapshots comes back byte for byte', async (_, content) => {
      const storage = open();
      for (const key of [`${history}snapshot_a.json`, `${history}../snapshot_latest.json`]) {
        const at = key.replace('immutable_history/../', '');
        await storage.write(at, bytes(content));
        expect(await storage.read(at)).toEqual(bytes(content));
      }
    });

    test('messages that differ in the order of their keys alone come back as they were written', async () => {
      const storage = open();
      const of = (message: string) => bytes(`{"data":{"messages":[${message},"${'x'.repeat(600)}"]}}`);
      const [left, right] = [of('{"a":1,"b":2}'), of('{"b":2,"a":1}')];
      const latest = 'session/trip/scopes/agent/helper/snapshots/snapshot_latest.json';
      await storage.write(latest, left);
      await storage.write(`${history}snapshot_a.json`, right);
      await storage.write(latest, right);
      expect(await storage.read(`${history}snapshot_a.json`)).toEqual(right);
      expect(await storage.read(latest)).toEqual(right);
    });

    test(
      'what is changed after a write, or after a read, is not what is stored',
      { fails: lacks === 'copies' },
      async () => {
        const storage = open();
        const data = bytes('abc');
        const writing = storage.write('key', data);
        data.fill(0);
        await writing;
        (await storage.read('key'))!.fill(0);
        expect(text(await storage.read('key'))).toBe('abc');
      },
    );

    test('keys are listed by prefix, sorted', async () => {
      const storage = open();
      const keys = [
        'notes.json',
        'session/trip-2/scopes/agent/a/snapshots/snapshot_latest.json',
        'session/trip/scopes/agent/a/snapshots/immutable_history/snapshot_a.json',
        'session/trip/scopes/agent/a/snapshots/manifest.json',
        'session/trip/scopes/agent/a/snapshots/snapshot_latest.json',
        'stash/trip/scopes/agent/a/ref_0',
        'tenant/trip/scopes/multiAgent/g/snapshots/snapshot_latest.json',
        'tenant/x',
      ];
      for (const key of [...keys].reverse())
        await storage.write(key, bytes(JSON.stringify(snapshotOf([key]))));
      const having = (prefix: string) => keys.filter((key) => key.startsWith(prefix));
      for (const prefix of [
        '',
        'session/trip',
        'session/trip/',
        'stash/',
        't',
        'tenant/trip/scopes/m',
        'z',
      ]) {
        expect(await storage.list(prefix)).toEqual(having(prefix));
      }
      for (const key of keys) {
        expect(text(await storage.read(key))).toBe(JSON.stringify(snapshotOf([key])));
      }
    });

    test('what is deleted is gone, and nothing else is', async () => {
      const storage = open();
      const names = Array.from({ length: 5 }, (_, n) => `${history}snapshot_${uuid(n)}.json`);
      for (const name of names) await storage.write(name, bytes(JSON.stringify(snapshotOf([name]))));
      await Promise.all([storage.delete(names[1]!), storage.delete(names[0]!), storage.delete(names[3]!)]);
      await storage.delete('never/there');
      expect(await storage.list('')).toEqual([names[2], names[4]]);
      expect(text(await storage.read(names[4]!))).toBe(JSON.stringify(snapshotOf([names[4]!])));
      expect(await storage.read(names[3]!)).toBeNull();
    });

    test('a namespace sees its own keys, without the prefix', async () => {
      const storage = open();
      const inner = storage.namespace!('tenant/').namespace!('deep');
      await inner.write('key', bytes('inside'));
      await storage.write('key', bytes('outside'));
      expect(await inner.list('')).toEqual(['key']);
      expect(text(await inner.read('key'))).toBe('inside');
      expect(await storage.list('tenant')).toEqual(['tenant/deep/key']);
      await inner.delete('key');
      expect(await storage.list('')).toEqual(['key']);
    });

    test('keys that are none are refused with a StorageError', async () => {
      const storage = open();
      const refused = (work: Promise<unknown>) =>
        expect(work).rejects.toSatisfy((error) => error instanceof StorageError);
      for (const bad of ['', '/', 'a/../b', '..', 'a\\b']) {
        await refused(storage.read(bad));
        await refused(storage.write(bad, bytes('x')));
        await refused(storage.delete(bad));
      }
      await refused(storage.list('a/../b'));
      await refused(storage.namespace!('tenant').read('../b'));
      expect(() => storage.namespace!('a/../b')).toThrow(StorageError);
      await storage.write('//a///b/', bytes('x'));
      expect(await storage.list('/a//')).toEqual(['a/b']);
    });
  });
}
