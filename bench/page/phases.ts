import { firstRead, readProfile, writeChat } from './chat.js';
import { beginWork, compact, compactToo, endWork, fillForCompaction, workSoFar } from './compaction.js';
import { concurrentSaves } from './concurrent-saves.js';
import { beginTurn, readTurn, turnEnd, watchTurn } from './crash.js';
import { arrivals, clock, commit, watch } from './delivery.js';
import { fillLong, makeState, showState } from './heap.js';
import { livingBytes } from './living-bytes.js';
import { longAgainstShort } from './long-against-short.js';
import { fillMany, useInTurns } from './many.js';
import type { Phase } from './phase.js';
import { fillSessions, listSessions } from './session-list.js';
import {
  beginGoingOn,
  beginWriting,
  endGoingOn,
  endWriting,
  goOn,
  streamOn,
  writeOn,
} from './side-by-side.js';
import { saveAlone, streamAlone, streamProfile, streamTurn } from './stream.js';
import { transfer } from './transfer.js';
import { readValues, saveValues } from './values.js';

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
  streamTurn,
  streamProfile,
  streamAlone,
  saveAlone,
  fillMany,
  useInTurns,
  saveValues,
  readValues,
  transfer,
  fillForCompaction,
  compact,
  compactToo,
  beginWork,
  workSoFar,
  endWork,
  fillLong,
  makeState,
  showState,
  beginWriting,
  writeOn,
  endWriting,
  beginGoingOn,
  goOn,
  streamOn,
  endGoingOn,
};
