import { sealed, type AnyLine } from './files.js';

/** Numbers from 0 up to, and without, 1; the same for the same seed. */
export type Random = () => number;

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, limit: number) => Math.floor(random() * limit);

const oneOf = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)]!;

/** What happens to files: bytes that flip, go, come twice; and ends that are missing. */
export function damaged(file: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(file);
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const at = below(random, bytes.length);
    const length = 1 + below(random, oneOf(random, [1, 8, 2_000]));
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    bytes = oneOf<() => Uint8Array>(random, [
      () => {
        const flipped = Uint8Array.from(bytes);
        flipped[at]! ^= 1 << below(random, 8);
        return flipped;
      },
      () => head,
      () => joined(head, tail.subarray(length)),
      () => joined(head, tail.subarray(0, length), tail),
      () =>
        joined(
          head,
          Uint8Array.from({ length }, () => below(random, 256)),
          tail,
        ),
    ])();
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const DEEP: unknown = JSON.parse(`${'['.repeat(1_100)}${']'.repeat(1_100)}`);

const odd = (random: Random): unknown =>
  oneOf<() => unknown>(random, [
    () => null,
    () => true,
    () => '',
    () => ' ',
    () => 's',
    () => 't0',
    () => '__proto__',
    () => below(random, 4),
    () => -1,
    () => 0.5,
    () => 2 ** 53,
    () => 1e300,
    () => [],
    () => ({}),
    () => [0, 0, 1],
    () => [0, below(random, 3), 1 + below(random, 3), 0, 0, 1],
    () => ['bigint', '12'],
    () => ['Map', [1, [below(random, 4)]]],
    () => ['Set', [[below(random, 4)]]],
    () => ['Blob', below(random, 4), ''],
    () => ['Error', ['cause', [below(random, 4)]], 'TypeError'],
    () => ['more', [[below(random, 4)]]],
    () => ['sparse', ['1', [below(random, 4)]], oneOf(random, [2, 9, 80_000, 2 ** 32 - 1])],
    () => ['object', ['__proto__', [below(random, 4)]]],
    () => ['view', 'Uint8Array', [below(random, 4)], 1, 1],
    () => ({ type: 'part', value: below(random, 2), part: below(random, 2), bytes: 'AAAA' }),
    () => ({ type: 'dropped' }),
    () => JSON.parse('{"__proto__":{"polluted":1}}'),
    () => ({ constructor: { prototype: { polluted: 1 } } }),
    () => DEEP,
    () => '2026-01-01T00:00:00Z',
    () => 'expired',
    () => 'x'.repeat(10_000),
  ])();

type Parent = Record<string, unknown>;

/** Every object and array in a value, itself included. */
function parentsIn(value: unknown, found: Parent[] = []): Parent[] {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value as Parent);
  for (const part of Object.values(value)) parentsIn(part, found);
  return found;
}

/** Changes something somewhere, as somebody would who knows the format. */
function twist(line: AnyLine, others: readonly AnyLine[], random: Random): void {
  const parent = oneOf(random, parentsIn(line));
  const keys = Object.keys(parent);
  if (keys.length === 0) {
    if (Array.isArray(parent)) parent.push(odd(random));
    else parent[oneOf(random, ['json', 'flat', 'parts', 'sessionId', 'constructor'])] = odd(random);
    return;
  }
  const key = oneOf(random, keys);
  oneOf<() => void>(random, [
    () => (parent[key] = odd(random)),
    () => (parent[key] = odd(random)),
    () => (parent[key] = structuredClone(parent[oneOf(random, keys)])),
    () => {
      const donor = oneOf(random, parentsIn(oneOf(random, others)));
      parent[key] = structuredClone(Object.values(donor)[0]);
    },
    () => {
      if (typeof parent[key] === 'number') parent[key] += oneOf(random, [-1, 1, 2]);
    },
    () => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    },
    () => {
      if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
      else parent[`${key}2`] = parent[key];
    },
  ])();
}

/** A file with something changed in it whose counts and digests are right all the same. */
export function forged(original: readonly AnyLine[], random: Random): string {
  const lines = structuredClone(original) as AnyLine[];
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const at = below(random, lines.length);
    const other = below(random, lines.length);
    const roll = random();
    if (roll < 0.8) twist(lines[at]!, lines, random);
    else if (roll < 0.85) lines.splice(at, 1);
    else if (roll < 0.9) lines.splice(at, 0, structuredClone(lines[other]!));
    else if (roll < 0.93) lines.splice(at, 0, { type: 'comment', of: structuredClone(lines[other]!) });
    else [lines[at], lines[other]] = [lines[other]!, lines[at]!];
    if (lines.length === 0) return '';
  }
  return sealed(lines);
}
