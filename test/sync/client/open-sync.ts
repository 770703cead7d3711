import { expect, onTestFinished, vi } from 'vitest';
import type { StatusName } from '../../../src/index.js';
import { Sync } from '../../../src/sync/engine/handle.js';
import type { SyncEvent } from '../../../src/sync/local/events.js';
import type { OpenedLocalSync } from '../../../src/sync/local/local-sync.js';
import type { WireOptions } from '../../../src/sync/wire/requests.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { ScriptedLocal } from './scripted-local.js';
import { ScriptedServer } from './scripted-server.js';

/** A database and a server that are synced until the test ends. */
export function openSync({
  local = new ScriptedLocal(),
  server = new ScriptedServer(),
  opened = {},
  ...wire
}: {
  local?: ScriptedLocal;
  server?: ScriptedServer;
  opened?: Partial<OpenedLocalSync>;
} & Partial<WireOptions> = {}) {
  const sync = new Sync(
    local.opened(opened),
    { url: 'https://server/sync/', fetch: server.fetch, ...wire },
    undefined,
  );
  const events: SyncEvent[] = [];
  const states: string[] = [];
  sync.onEvent((event) => events.push(event));
  sync.onStatus(({ state }) => state !== states.at(-1) && states.push(state));
  onTestFinished(() => sync.stop());
  return { sync, local, server, events, states };
}

export const until = (isTrue: () => boolean) =>
  vi.waitFor(() => {
    if (!isTrue()) throw new Error('not yet');
  }, 20_000);

/** Fails with the store's own error, which says this. */
export async function rejects(
  action: () => unknown,
  status: StatusName,
  text: string,
  path?: string,
): Promise<void> {
  const { message } = await expectRefusal(action, status, path);
  expect(message).toContain(text);
}
