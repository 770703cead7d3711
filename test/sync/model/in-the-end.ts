import type { Device, View } from './device.js';

export const same = (one: View, other: View) => JSON.stringify(one) === JSON.stringify(other);

export function differences(one: View, other: View): string {
  const ids = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...ids]
    .filter((id) => JSON.stringify(one[id]) !== JSON.stringify(other[id]))
    .map((id) => `${id}\n  ${JSON.stringify(one[id])}\n  ${JSON.stringify(other[id])}`)
    .join('\n');
}

/** What is stored is consistent, and the selection is of something that is there. */
export async function requireSound({ name, store }: Device): Promise<void> {
  const { problems } = await store.check();
  if (problems.length > 0) throw new Error(`${name}: ${JSON.stringify(problems)}`);
}

/** A name on the wire has one digest for ever. */
export function namesWithTwoDigests(devices: readonly Device[]): string[] {
  const digests = new Map<string, string>();
  const problems: string[] = [];
  for (const line of devices.flatMap(({ network }) => network.pushed)) {
    if (line.op !== 'entries') continue;
    for (const [index, digest] of line.digests.entries()) {
      const name = `${line.log} ${line.at + index}`;
      if ((digests.get(name) ?? digest) !== digest) problems.push(`two digests: ${name}`);
      digests.set(name, digest);
    }
  }
  return problems;
}
