import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
}

const { peerDependencies, peerDependenciesMeta } = JSON.parse(
  readFileSync('package.json', 'utf8'),
) as Manifest;

// npm refuses the whole package beside another version of an optional peer, though nobody may import that adapter.
test.each(Object.entries(peerDependencies))('%s of any version may lie beside the library', (name, range) => {
  expect(range).toBe('*');
  expect(peerDependenciesMeta[name]).toEqual({ optional: true });
});

// npm resolves what an optional peer asks for itself, even where it is not installed; it does not look at the others.
test('a peer whose own peers refuse those of another framework is named as optional only', () => {
  const only = Object.keys(peerDependenciesMeta).filter((name) => !(name in peerDependencies));
  expect(only).toEqual(['@strands-agents/sdk']);
});
