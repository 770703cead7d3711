/** Describes a value for the end of an error: `a Date`, `a promise: await it`, `'yesterday'`. Calls at most getters. */
export function described(value: unknown): string {
  try {
    if (typeof value === 'string') return `'${value.slice(0, 40)}${value.length > 40 ? '…' : ''}'`;
    if (Object(value) !== value) return String(value);
    if (typeof (value as PromiseLike<unknown>).then === 'function') return 'a promise: await it';
    const tag = {}.toString.call(value).slice(8, -1);
    const kind = (tag === 'Object' && (value as object).constructor?.name) || tag;
    return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind.slice(0, 40)}`;
  } catch {
    return 'what cannot be read';
  }
}
