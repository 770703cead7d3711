// WebKitGTK by WebKitWebDriver, on a display of its own.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { findWebKit } from '../../scripts/webkit.mjs';
import { Processes } from './webkit/process.mjs';
import { Session, untilReady } from './webkit/session.mjs';

/** @type {import('./engine.d.ts').Engine} */
export const webkit = {
  name: 'WebKitGTK',
  backend: 'SQLite',

  async start(profile) {
    const found = findWebKit();
    if (!found) throw new Error('There is no WebKitGTK: npm run engines');
    const processes = new Processes();
    try {
      const display = await startDisplay(processes, found.display);
      const driver = await startDriver(processes, found.driver, display);
      const { session, version } = await Session.start(driver, {
        'webkitgtk:browserOptions': {
          binary: found.python,
          args: [join(import.meta.dirname, 'webkit', 'browser.py'), profile],
        },
      });
      return {
        version,
        async open(url) {
          const tab = await session.open();
          await session.load(tab, url);
          return tabOf(session, tab);
        },
        async close() {
          await session.end().finally(() => processes.stop());
        },
      };
    } catch (error) {
      await processes.stop();
      throw error;
    }
  },

  databases: (profile) => join(profile, 'data', 'databases', 'indexeddb'),
};

/** @param {Session} session @param {string} tab @returns {import('./engine.d.ts').Tab} */
const tabOf = (session, tab) => ({
  evaluate: (action, argument) => session.evaluate(tab, String(action), argument),
  reload: () => session.load(tab),
  close: () => session.in(tab, 'DELETE', 'window'),
});

/** @param {Processes} processes @param {string} program @returns its name */
async function startDisplay(processes, program) {
  const screen = ['-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  // It takes the first number that is free, and tells it.
  const output = processes.start(program, ['-displayfd', '1', ...screen]);
  let text = '';
  for await (const part of output) {
    text += part;
    if (text.endsWith('\n')) break;
  }
  if (!text) throw new Error(`${program} did not start.`);
  return `:${text.trim()}`;
}

/** @param {Processes} processes @param {string} program @param {string} display @returns its address */
async function startDriver(processes, program, display) {
  const port = await freePort();
  processes.start(program, [`--port=${port}`], {
    DISPLAY: display,
    // There is no desktop to ask for settings or to offer accessibility to.
    GSETTINGS_BACKEND: 'memory',
    NO_AT_BRIDGE: '1',
  });
  const address = `http://127.0.0.1:${port}`;
  await untilReady(address);
  return address;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
