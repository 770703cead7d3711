// `offshoot/bundle`: all of `offshoot/all` as one file without imports, for pages that have no bundler.
import { writeFileSync } from 'node:fs';
import { build } from 'vite';

/** Everything is there already. With the calls gone, nothing need be able to start late, which saves a thirtieth. */
const withoutImports = {
  name: 'without-imports',
  transform: (/** @type {string} */ code, /** @type {string} */ id) =>
    id.includes('/src/') ? code.replace(/\(\) =>\s*import\('[^']+'\)/g, '() => Promise.reject()') : null,
};

const [{ output }] = /** @type {[import('vite').Rolldown.RolldownOutput]} */ (
  await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [{ enforce: 'pre', ...withoutImports }],
    build: {
      write: false,
      target: 'es2022',
      license: { fileName: 'LICENSES.md' },
      lib: { entry: 'src/all.ts', formats: ['es'], fileName: 'bundle' },
      rolldownOptions: { output: { minify: true } },
    },
  })
);

const [chunk, ...others] = output.filter((file) => file.type === 'chunk');
if (!chunk || others.length > 0 || chunk.imports.length > 0 || chunk.dynamicImports.length > 0)
  throw new Error('the bundle is not one file that imports nothing');
writeFileSync(
  'dist/bundle.js',
  `/*! Offshoot, MIT licence; of what else is in it: LICENSES.md */\n${chunk.code}`,
);
writeFileSync('dist/bundle.d.ts', "export * from './all.js';\n");
for (const file of output) if (file.type === 'asset') writeFileSync(`dist/${file.fileName}`, file.source);
