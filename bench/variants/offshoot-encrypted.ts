import { createWith } from './offshoot.js';
import type { Variant } from './variant.js';

/** Offshoot with encryption. The key is no secret here, so that every page has the same. */
export function create(): Variant {
  let opened: Variant;
  return {
    async open() {
      const usages: KeyUsage[] = ['encrypt', 'decrypt'];
      const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, usages);
      opened = createWith({ encryption: { key } });
    },
    settle: () => opened.settle!(),
    close: () => opened.close(),
    chat: {
      save: (turn) => opened.chat!.save(turn),
      readLatest: (sessionId) => opened.chat!.readLatest(sessionId),
    },
  };
}
