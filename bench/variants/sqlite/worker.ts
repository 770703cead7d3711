// SQLite is synchronous here, and files of the origin can be opened so in a worker alone.
import { openDatabase } from './database.js';
import type { Answer, Call, Calls } from './protocol.js';

interface Scope {
  onmessage: (event: MessageEvent<Call>) => void;
  postMessage(answer: Answer): void;
}

const scope = globalThis as unknown as Scope;
let database: Awaited<ReturnType<typeof openDatabase>> | undefined;

const calls: Calls = {
  async open(relaxed) {
    database = await openDatabase(relaxed);
  },
  save: (turn) => database!.save(turn),
  readLatest: (sessionId) => database!.readLatest(sessionId),
  living: () => database!.living(),
  close: () => database!.close(),
};

scope.onmessage = async ({ data: { number, name, argument } }) => {
  try {
    scope.postMessage({ number, value: await calls[name](argument as never) });
  } catch (error) {
    scope.postMessage({ number, error: String(error) });
  }
};
