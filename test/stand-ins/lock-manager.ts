/** Somebody who wants a lock, or has it. */
interface Place {
  mode: LockMode;
  isHeld: boolean;
  /** It is theirs. */
  grant: () => void;
}

/** What `navigator.locks` does, as far as a store needs it. It counts, and can be made to refuse. */
export class TestLockManager {
  readonly #queues = new Map<string, Place[]>();
  requests = 0;
  queries = 0;
  /** A browser does so for an opaque origin. */
  refuses: { requests?: boolean; queries?: boolean } = {};
  /** What happens in the world between the next question and its answer. */
  beforeAnswer: (() => Promise<unknown>) | undefined;

  request<T>(
    name: string,
    { mode = 'exclusive', signal, ifAvailable }: LockOptions,
    callback: (lock: object | null) => T | Promise<T>,
  ): Promise<T> {
    this.requests += 1;
    if (this.refuses.requests) return Promise.reject(denied());
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const leave = () => {
        queue.splice(queue.indexOf(place), 1);
        grantWhatCanBe(queue);
      };
      const giveUp = () => {
        reject(signal!.reason);
        leave();
      };
      const place: Place = {
        mode,
        isHeld: false,
        grant() {
          place.isHeld = true;
          signal?.removeEventListener('abort', giveUp);
          // Never at once: the browser has to be asked.
          setTimeout(() => void (async () => callback(place))().then(resolve, reject).finally(leave));
        },
      };
      queue.push(place);
      if (ifAvailable && !fits(queue, place, queue.length - 1)) {
        queue.pop();
        setTimeout(() => void (async () => callback(null))().then(resolve, reject));
        return;
      }
      signal?.addEventListener('abort', giveUp);
      grantWhatCanBe(queue);
    });
  }

  async query(): Promise<LockManagerSnapshot> {
    this.queries += 1;
    const happening = this.beforeAnswer;
    this.beforeAnswer = undefined;
    await happening?.();
    if (this.refuses.queries) throw denied();
    const places = [...this.#queues].flatMap(([name, queue]) => queue.map((place) => ({ name, ...place })));
    return {
      held: places.filter(({ isHeld }) => isHeld).map(({ name, mode }) => ({ name, mode, clientId: '' })),
      pending: places.filter(({ isHeld }) => !isHeld).map(({ name, mode }) => ({ name, mode, clientId: '' })),
    };
  }
}

const fits = (queue: Place[], { mode }: Place, n: number): boolean =>
  n === 0 || (mode === 'shared' && queue.slice(0, n).every((before) => before.mode === 'shared'));

/** In turn, as many as get along with each other. */
function grantWhatCanBe(queue: Place[]): void {
  for (const [n, place] of queue.entries()) {
    if (!fits(queue, place, n)) return;
    if (!place.isHeld) place.grant();
  }
}

const denied = () => new DOMException('The request was denied.', 'SecurityError');
