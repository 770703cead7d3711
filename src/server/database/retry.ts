import { DatabaseFault } from './fault.js';

const MOST_ATTEMPTS = 12;

/** Does work again that had no effect, since another transaction was in the way. */
export async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseFault && error.isConflict) || attempt === MOST_ATTEMPTS) throw error;
      // Apart from each other, or they meet again.
      const pause = Math.random() * Math.min(200, 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
