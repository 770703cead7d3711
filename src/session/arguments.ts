import type { AppendOptions, TurnResult } from '../types/chat.js';
import type { Message } from '../types/message.js';
import { type Added, addedOf } from '../logs/extend.js';
import { requireValid } from '../values/arguments.js';
import { cloned, unstorable } from '../values/clone.js';
import {
  flag,
  fromZero,
  list,
  nonBlank,
  object,
  optional,
  record,
  satisfying,
  signal,
  string,
} from '../values/schema.js';
import type { SessionPort } from './port.js';

const message = object({ role: string, content: list });

const moreShape = {
  custom: optional(record),
  artifacts: optional(list),
  title: optional(string),
  metadata: optional(record),
};

export const appendShape = {
  after: satisfying(
    (after) => after === undefined || after === null || !nonBlank(after),
    'the id of a snapshot, or null',
  ),
  ...moreShape,
};

export const againShape = { ...moreShape, saveEveryMs: fromZero, signal };

export const turnShape = {
  ...appendShape,
  messages: () => undefined,
  oneSnapshot: optional(flag),
  ...againShape,
};

export const resultShape = {
  custom: optional(record),
  artifacts: optional(list),
  finishReason: optional(string),
  usage: optional(record),
};

/** Checks messages and copies them as they are at the call. */
export function messagesOf(given: Message | readonly Message[], path: string): Added {
  let added: Added;
  let isList = false;
  try {
    isList = Array.isArray(given);
    added = addedOf(isList ? [...(given as readonly Message[])] : [given]);
  } catch (cause) {
    throw unstorable(given, cause, path);
  }
  // What was copied, since a getter may answer differently each time.
  added.parts.forEach(({ value }, index) =>
    requireValid(message, value, ...(isList ? [path, String(index)] : [path])),
  );
  return added;
}

/** Copies what replaces the parent's properties of the state. */
export function changesOf<S>(
  { custom, artifacts }: Pick<AppendOptions<S> & TurnResult<S>, 'custom' | 'artifacts'>,
  port: SessionPort<S>,
): Record<string, unknown> {
  if (custom !== undefined) port.requireCustom(custom);
  return {
    ...(custom !== undefined && { custom: cloned(custom, 'options', 'custom') }),
    ...(artifacts !== undefined && { artifacts: cloned(artifacts, 'options', 'artifacts') }),
  };
}
