import { ask, Host, type Request } from './host.js';
import { keepLedger, type Ledger } from './ledger.js';
import { saveUntilStopped, type Stopped } from './save-until-stopped.js';
import { RandomWork, type Assignment } from './random-work.js';

/** Where a store can be: in this tab, in a worker of its own, or in one that all tabs have in common. */
export type Place = 'tab' | 'dedicated worker' | 'shared worker' | 'service worker';

declare global {
  interface Window {
    /** Asks the host of a place, starting it if need be. */
    askHost(place: Place, request: Request): Promise<unknown>;
    /** Ends the tab's dedicated worker at once, whatever it is doing. */
    endWorker(): Promise<void>;
    /** Errors that nobody caught in this tab, and rejections that nobody handled. */
    uncaught: string[];
    saveUntilStopped(nth: number, isEncrypted: boolean): Promise<Stopped>;
    /** Does one thing after another, until it is told to stop. */
    beginWork(assignment: Assignment): Promise<void>;
    work?: RandomWork;
    /** Writes down what other tabs say of their work. */
    keepLedger(database: string): void;
    ledger?: Ledger;
  }
}

window.uncaught = [];
window.addEventListener('error', ({ message }) => window.uncaught.push(message));
window.addEventListener('unhandledrejection', ({ reason }) => window.uncaught.push(String(reason)));

const host = new Host();
const started = new Map<Place, Promise<Pick<Worker, 'postMessage'>>>();

const start: Record<Exclude<Place, 'tab'>, () => Promise<Pick<Worker, 'postMessage'>>> = {
  async 'dedicated worker'() {
    return new Worker(new URL('./dedicated-worker.ts', import.meta.url), { type: 'module' });
  },
  async 'shared worker'() {
    return new SharedWorker(new URL('./shared-worker.ts', import.meta.url), { type: 'module' }).port;
  },
  async 'service worker'() {
    await navigator.serviceWorker.register('/service-worker.js', { type: 'module' });
    return (await navigator.serviceWorker.ready).active!;
  },
};

window.askHost = async (place, request) => {
  if (place === 'tab') return (host[request.action] as (...args: unknown[]) => unknown)(...request.args);
  if (!started.has(place)) started.set(place, start[place]());
  const target = await started.get(place)!;
  // A port begins to listen when somebody listens to it.
  if (target instanceof MessagePort) target.start();
  return ask(target, request);
};

window.endWorker = async () => {
  ((await started.get('dedicated worker')) as Worker).terminate();
  started.delete('dedicated worker');
};

window.beginWork = async (assignment) => {
  window.work = await RandomWork.begin(assignment);
};

window.keepLedger = (database) => {
  window.ledger = keepLedger(database);
};

window.saveUntilStopped = saveUntilStopped;
