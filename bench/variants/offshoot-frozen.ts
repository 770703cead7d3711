import { createWith } from './offshoot.js';
import type { Variant } from './variant.js';

/** Offshoot for an application that freezes its messages, as Immer does, and leaves what it reads as it is. */
export function create(): Variant {
  const variant = createWith({ frozen: true });
  return {
    ...variant,
    chat: {
      ...variant.chat!,
      prepare({ state }) {
        for (const message of state.messages) if (!Object.isFrozen(message)) freeze(message);
      },
    },
  };
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values(value)) freeze(part);
  Object.freeze(value);
}
