import { expect, test } from 'vitest';
import { openSync, until } from './open-sync.js';
import { json, ScriptedServer } from './scripted-server.js';

test('a stream that ends is opened again', async () => {
  const { local, server } = openSync();
  await until(() => server.listeners === 1);
  server.hangUp();
  await until(() => server.listeners === 1);
  server.change('theirs');
  await until(() => local.applied.has('theirs'));
});

test('where no stream comes through, answers that the server holds do', async () => {
  const server = new ScriptedServer();
  let [asked, release] = [0, () => {}];
  server.first = ({ headers, query }) => {
    if (headers.get('accept') === 'text/event-stream') return json({ what: 'is that' });
    if (!query.has('wait')) return undefined;
    asked += 1;
    return new Promise((resolve) => {
      release = () =>
        resolve(json({ generation: 'first', now: 0, cursor: server.cursor, more: false, sessions: [] }));
    });
  };
  const { local } = openSync({ server });
  await until(() => asked === 1);
  server.change('theirs');
  release();
  await until(() => local.applied.has('theirs'));
  await until(() => asked === 2);
  expect(server.requests.filter((request) => request === 'GET /sessions/theirs')).toHaveLength(1);
});
