import { describe, expect, it } from 'vitest';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { openStore } from '../stores/open-store.js';
import { exported, linesOf, streamOf, undated } from './files.js';

const dataUrl = `data:image/png;base64,${'iVBORw0KGgo'.repeat(1_000)}`;
const isNode = typeof window === 'undefined';
const large = new Uint8Array(20_000).map((_, n) => n % 251);

describe('An export that is imported', () => {
  it('brings back images, files, buffers and what else JSON lacks', async () => {
    const from = openStore({ compaction: false });
    const sparse: unknown[] = [1];
    sparse[2] = 3;
    const odd = {
      date: new Date(5),
      never: new Date(NaN),
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set([1n])]]),
      sparse: Object.assign(sparse, { label: 'x' }),
      floats: new Float32Array([0.5, NaN]),
      view: new DataView(new Uint8Array([1, 2, 3]).buffer, 1),
      pattern: /a+/giu,
      numbers: [NaN, -0, Infinity, 2n ** 70n, Object(1)],
      absent: undefined,
      error: new RangeError('too far', { cause: 'speed' }),
      json: { json: 1, flat: [] },
      half: '\ud800',
    };
    const messages = [
      message('Look'),
      { role: 'user', content: [{ media: { url: dataUrl } }, { text: 'twice' }] },
      { role: 'user', content: [{ media: { url: dataUrl } }] },
      { role: 'user', content: [{ data: new Blob([large], { type: 'image/webp' }) }] },
      {
        role: 'user',
        content: [{ data: new File(['hi'], 'a.txt', { type: 'text/plain', lastModified: 7 }) }],
      },
      { role: 'user', content: [{ data: large }] },
    ];
    await save(from, 'a', turn(1, { state: { messages: messages.slice(0, 2) }, odd }));
    await save(from, 'b', turn(2, { parentId: 'a', state: { messages, custom: odd } }));
    const file = await exported(from);
    expect(file.split(dataUrl).length - 1, 'how often the image is in the file').toBe(1);

    const to = openStore({ compaction: false });
    expect(await to.importSessions(streamOf(file))).toMatchObject({
      complete: true,
      sessions: [{ sessionId: 's', outcome: 'imported' }],
      snapshots: 2,
    });
    expect((await to.check()).problems).toEqual([]);
    const [was, is] = await Promise.all([from, to].map((store) => store.getSnapshot({ snapshotId: 'b' })));
    const parts = (snapshot: typeof was) => snapshot!.state!.messages!.map(({ content }) => content[0]!.data);
    const [blob, text] = [parts(is)[3] as Blob, parts(is)[4] as File];
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(large);
    expect(blob.type).toBe('image/webp');
    // Node clones a file to a blob.
    expect([text.name, text.lastModified]).toEqual(isNode ? [undefined, undefined] : ['a.txt', 7]);
    expect([text.type, await text.text()]).toEqual(['text/plain', 'hi']);
    expect(parts(is)[5]).toStrictEqual(large);
    expect(is!.state!.custom).toStrictEqual(was!.state!.custom);
    expect(Object.keys(is!.state!.custom.sparse)).toEqual(['0', '2', 'label']);
    expect(is!.state!.messages!.slice(0, 3)).toStrictEqual(messages.slice(0, 3));
    expect(undated(await exported(to))).toEqual(undated(file));
  });

  it('keeps branches, titles, the selection, and what belongs to no session', async () => {
    const from = openStore({ compaction: false });
    await save(from, 'a', turn(1));
    await save(from, 'b', turn(2, { parentId: 'a' }));
    await save(from, 'c', turn(2, { parentId: 'a' }));
    await save(from, 'alone', { ...turn(3), sessionId: undefined });
    await save(from, 'bare', { sessionId: 'other', createdAt: turn(4).createdAt, state: undefined });
    await from.selectBranch('b');
    await from.updateSession('s', { title: 'Trees', metadata: { pinned: true, at: new Date(0) } });
    const file = await exported(from);
    const to = openStore({ compaction: false });
    await to.importSessions(streamOf(file));
    for (const sessionId of ['s', 'other']) {
      expect(await to.getSession(sessionId)).toStrictEqual(await from.getSession(sessionId));
      expect(await to.getTree(sessionId)).toStrictEqual(await from.getTree(sessionId));
    }
    expect((await to.getSnapshot({ sessionId: 's' }))?.snapshotId, 'saved last of two of one age').toBe('c');
    for (const snapshotId of ['alone', 'bare']) {
      expect(await to.getSnapshot({ snapshotId })).toStrictEqual(await from.getSnapshot({ snapshotId }));
    }
    expect((await to.check()).problems).toEqual([]);
  });

  it('of an empty store is two lines, and imports nothing', async () => {
    const file = await exported(openStore());
    expect(linesOf(file).map(({ type }) => type)).toEqual(['header', 'end']);
    expect(await openStore().importSessions(streamOf(file))).toEqual({
      complete: true,
      sessions: [],
      totals: { imported: 0, skipped: 0, forked: 0, replaced: 0, failed: 0 },
      snapshots: 0,
      damaged: [],
      leftOut: [],
    });
  });

  it('goes on where it was: what is saved next shares what was imported', async () => {
    const from = openStore({ compaction: false });
    const messages = Array.from({ length: 40 }, (_, n) => message(`${n}`.repeat(100)));
    await save(from, 'a', turn(1, { state: { messages } }));
    const to = openStore({ compaction: false });
    await to.importSessions(streamOf(await exported(from)));
    await save(to, 'b', turn(2, { parentId: 'a', state: { messages: [...messages, message('next')] } }));
    expect(await to.check()).toMatchObject({ entries: 41, problems: [] });
    await to.deleteSession('s');
    expect(await to.check()).toMatchObject({ entries: 0, problems: [] });
  });
});
