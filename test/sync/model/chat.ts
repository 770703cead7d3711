/** A snapshot of a chat of which each message is one text. */
export interface SnapshotLike {
  snapshotId: string;
  status?: string | undefined;
  state?: { messages?: { role: string; content: { text: string }[] }[] } | undefined;
}

/** What pending turns have said until their end. Where it was cut and rescued, it is nobody's save. */
export const SO_FAR = 'so far';

export const textsOf = ({ state }: SnapshotLike): string[] =>
  (state?.messages ?? []).map(({ content }) => content[0]!.text);

export const message = (text: string) => ({ role: 'user' as const, content: [{ text }] });

export const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % all.length];

/** A snapshot and all that continue it. */
export function below(id: string, nodes: ReadonlyMap<string, { children: string[] }>): string[] {
  return [id, ...(nodes.get(id)?.children ?? []).flatMap((child) => below(child, nodes))];
}
