// Adapters lie in one folder of src; what the package publishes of each stays at `dist/<entry>/index.js`.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));

for (const entry of Object.keys(exports).map((name) => name.slice(2))) {
  const source = `src/adapters/${entry}/index.ts`;
  if (!existsSync(source)) continue;
  mkdirSync(`dist/${entry}`);
  const text = `export * from '../adapters/${entry}/index.js';\n`;
  writeFileSync(`dist/${entry}/index.js`, text);
  writeFileSync(`dist/${entry}/index.d.ts`, text);
}
