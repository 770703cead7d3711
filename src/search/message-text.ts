/** The text of a message, part by part in lines of their own. Whatever else it holds is not searched. */
export function textOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return '';
  const { content, parts } = message as { content?: unknown; parts?: unknown };
  const all = [content, parts].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [list]));
  return all.flatMap((part) => textOfPart(part) ?? []).join('\n');
}

function textOfPart(part: unknown): string | undefined {
  const text: unknown = typeof part === 'object' && part !== null ? (part as { text?: unknown }).text : part;
  return typeof text === 'string' ? text : undefined;
}

/** What makes two messages of parent and child the same to whoever searches. */
const likeness = (message: unknown): string =>
  `${String((message as { role?: unknown } | null)?.role)}\n${textOf(message)}`;

/** The indexes of messages that the parent has too, each of its messages counted once. */
export function inherited(messages: readonly unknown[], parents: readonly unknown[]): Set<number> {
  const own = messages.map(likeness);
  const left = parents.map(likeness);
  const found = new Set<number>();
  let same = 0;
  for (; same < own.length && same < left.length && own[same] === left[same]; same++) found.add(same);
  const others = new Map<string, number>();
  for (const each of left.slice(same)) others.set(each, (others.get(each) ?? 0) + 1);
  for (let index = same; index < own.length; index++) {
    const count = others.get(own[index]!) ?? 0;
    if (count > 0) found.add(index);
    others.set(own[index]!, count - 1);
  }
  return found;
}
