import { createWith } from './offshoot.js';
import type { Variant } from './variant.js';

/** Offshoot for an application that freezes its messages, as Immer does, and leaves what it reads as it is. */
export function create(): Variant {
  const variant = createWith({ frozen: true });
  const chat = variant.chat!;
  return {
    ...variant,
    chat: {
      ...chat,
      save(turn) {
        freeze(turn.added);
        return chat.save(turn);
      },
    },
  };
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) freeze(part);
  Object.freeze(value);
}
