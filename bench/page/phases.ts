import { firstRead, readProfile, writeChat } from './chat.js';
import { concurrentSaves } from './concurrent-saves.js';
import { beginTurn, readTurn, turnEnd, watchTurn } from './crash.js';
import { arrivals, clock, commit, watch } from './delivery.js';
import { livingBytes } from './living-bytes.js';
import { longAgainstShort } from './long-against-short.js';
import type { Phase } from './phase.js';
import { fillSessions, listSessions } from './session-list.js';
import { beginGoingOn, beginWriting, endGoingOn, endWriting, goOn, writeOn } from './side-by-side.js';

/** Everything that a page can be asked to do. */
export const phases: Record<string, Phase> = {
  writeChat,
  firstRead,
  readProfile,
  longAgainstShort,
  livingBytes,
  concurrentSaves,
  clock,
  watch,
  commit,
  arrivals,
  beginTurn,
  watchTurn,
  readTurn,
  turnEnd,
  fillSessions,
  listSessions,
  beginWriting,
  writeOn,
  endWriting,
  beginGoingOn,
  goOn,
  endGoingOn,
};
