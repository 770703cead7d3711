import type { Answering } from './host.js';

// All else is loaded from here, so that nothing imports this file: WebKit would run it once more.
const answering: Promise<Answering> = import('./host.js').then(({ answerMessages }) => answerMessages());

globalThis.onmessage = async (event) => (await answering)(event);
