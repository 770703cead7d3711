import { NotOffered, type TurnStore, type Variant } from '../variants/variant.js';
import type { Phase } from './phase.js';

const TURN = 'turn';
const READ_EVERY_MS = 5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
let ended: Promise<number> | undefined;

async function openTurns(load: () => Promise<Variant>): Promise<TurnStore> {
  const variant = await load();
  if (!variant.turns) throw new NotOffered('does not see that a tab is lost');
  await variant.open();
  return variant.turns;
}

/** In the tab that will be lost. */
export const beginTurn: Phase = async (load) => (await openTurns(load)).begin(TURN);

/** In another tab: waits to be told. */
export const watchTurn: Phase = async (load) => {
  const turns = await openTurns(load);
  await new Promise<void>((watching, failed) => {
    ended = new Promise((resolve) => {
      turns.watch(TURN, () => resolve(Date.now())).then(watching, failed);
    });
  });
};

/** In a third tab: looks again and again. */
export const readTurn: Phase = async (load) => {
  const turns = await openTurns(load);
  if (!(await turns.isRunning(TURN))) throw new Error('the turn is not read as running');
  const lookAgain = async () => {
    while (await turns.isRunning(TURN)) await pause(READ_EVERY_MS);
    return Date.now();
  };
  ended = lookAgain();
};

/** When this tab noticed. */
export const turnEnd: Phase = async () => ended;
