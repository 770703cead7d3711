// What `offshoot/playwright` puts into its helper tab: a page cannot import a package, so it is one script, and a module
// with the script as text is found by import, wherever it was installed.
import { writeFileSync } from 'node:fs';
import { build } from 'vite';

const [{ output }] = /** @type {[import('vite').Rolldown.RolldownOutput]} */ (
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      license: { fileName: 'LICENSES.md' },
      lib: { entry: 'src/playwright/tab/index.ts', formats: ['iife'], name: 'offshootTab' },
    },
  })
);

for (const file of output) {
  if (file.type === 'chunk') {
    writeFileSync('dist/playwright/page.js', `export default ${JSON.stringify(file.code)};\n`);
  } else {
    writeFileSync(`dist/playwright/${file.fileName}`, file.source);
  }
}
