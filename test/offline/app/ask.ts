import type { Outcomes } from './everything.js';

/** Lets pages have this service worker do something with a database of theirs. */
export function answerWith(work: (name: string, isEncrypted: boolean) => Promise<Outcomes>): void {
  globalThis.addEventListener('message', (event) => {
    const {
      data,
      ports: [reply],
    } = event;
    const [name, isEncrypted] = data as [string, boolean];
    const answered = work(name, isEncrypted).then(
      (outcomes) => reply?.postMessage(outcomes),
      (error: unknown) => reply?.postMessage({ uncaught: String(error) }),
    );
    // Otherwise the browser may end the worker in the middle of it.
    (event as MessageEvent & { waitUntil(work: Promise<unknown>): void }).waitUntil(answered);
  });
}

/** Has the service worker that is in charge do it. */
export async function ask(name: string, isEncrypted: boolean): Promise<Outcomes> {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  active!.postMessage([name, isEncrypted], [port2]);
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }: MessageEvent<Outcomes>) => {
      port1.close();
      resolve(data);
    });
    port1.start();
  });
}
