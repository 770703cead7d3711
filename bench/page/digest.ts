import type { State } from '../variants/variant.js';

/**
 * A short text that differs if two states do: every variant must read back what was saved. Keys are sorted, because
 * databases may order them as they like; a Blob counts by its size and type.
 */
export function digest(state: State | undefined): string {
  const text = JSON.stringify(state, (_, value: unknown) => {
    if (value instanceof Blob) return { blob: value.size, type: value.type };
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  let hash = 0;
  for (let at = 0; at < (text?.length ?? 0); at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return `${state?.messages.length ?? 'no'} messages, ${text?.length ?? 0} characters, hash ${hash >>> 0}`;
}
