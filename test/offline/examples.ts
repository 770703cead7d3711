import { readFileSync } from 'node:fs';

const page = readFileSync('docs/offline.md', 'utf8');

/** The only example of docs/offline.md that has this in it, as a reader would copy it. */
export function exampleWith(part: string): string {
  const examples = [...page.matchAll(/```\w+\n([^]*?)```/g)].map(([, example]) => example!);
  const [example, ...others] = examples.filter((example) => example.includes(part));
  if (!example || others.length > 0) throw new Error(`one example of docs/offline.md must have "${part}"`);
  return example;
}
