import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/chromium.mjs';

// Nothing here is about speed, and machines are busy.
const testTimeout = 60_000;
const patience = { poll: { timeout: 30_000 } };

const inChromiumOnly = 'test/**/*.browser.test.ts';
const inBoth = 'test/**/*.both.test.ts';
/** A folder with packages of its own, which `npm run frameworks` installs, or scripts/frameworks-matrix.mjs. */
const frameworks = process.env['OFFSHOOT_FRAMEWORKS'] ?? 'test/frameworks';
/** What the bindings draw with instead of what is installed here: a folder of scripts/frameworks-matrix.mjs. */
const drawing = process.env['OFFSHOOT_BINDINGS'];
const allFrameworks = 'test/frameworks*/**';

/** What adapters import of frameworks that are not installed here. */
const withoutFrameworks = {
  '@strands-agents/sdk': fileURLToPath(new URL('test/stand-ins/strands-sdk.ts', import.meta.url)),
};

/** One object for each project, because Vitest names its instances after it. */
const chromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions }),
  instances: [{ browser: 'chromium' as const }],
});

/** Faults and kills at every point, and long properties, take minutes: `npm run test:all` runs them, `npm test` does not. */
const long = [
  'test/faults/every-point*.test.ts',
  'test/faults/killed-anywhere*.test.ts',
  'test/encryption/lost-meta.both.test.ts',
  'test/logs/telling-apart.test.ts',
  'test/transfer/signals.test.ts',
  'test/transfer/fuzz.test.ts',
  'test/sync/local/converging.test.ts',
  'test/sync/local/marks.test.ts',
];

/** An embedded Postgres takes seconds to open, and a real one has to be there: `npm run test:all` runs them. */
const databases = ['test/sync/*.test.ts', 'test/sync/server/*.test.ts'];

const inNode = (name: string, include: string[], exclude: string[]) => ({
  resolve: { alias: withoutFrameworks },
  test: {
    name,
    testTimeout,
    expect: patience,
    environment: 'node' as const,
    include,
    exclude,
    setupFiles: ['fake-indexeddb/auto', './test/arrays-only.ts'],
  },
});

/** The bindings' tests with other versions of their frameworks, which vite finds from its root. */
const withBindings = (root: string) => ({
  root,
  resolve: { dedupe: ['react', 'react-dom', 'react-test-renderer', 'svelte', 'vue'] },
  test: {
    name: 'bindings',
    testTimeout,
    environment: 'node' as const,
    dir: fileURLToPath(new URL('test', import.meta.url)),
    include: ['{react,svelte,vue}/*.test.ts'],
    exclude: ['**/*.browser.test.ts'],
    setupFiles: ['fake-indexeddb/auto', '../arrays-only.ts'],
  },
});

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      inNode('node', ['test/**/*.test.ts'], [inChromiumOnly, allFrameworks, ...long, ...databases]),
      inNode('node-long', long, []),
      inNode('databases', databases, []),
      ...(drawing ? [withBindings(drawing)] : []),
      {
        // Listed, so that Vite does not find one in the middle of a run and reload the page.
        optimizeDeps: {
          include: [
            'idb',
            'nanoid',
            'dequal',
            'fast-check',
            'devalue',
            '@noble/hashes/sha2.js',
            '@noble/hashes/utils.js',
            'dequal/lite',
            'zod',
            'react',
            'react-dom/client',
            'react-dom/server',
            'vue',
            'vue/server-renderer',
          ],
        },
        test: {
          name: 'chromium',
          testTimeout,
          expect: patience,
          // By itself Vitest leaves one processor idle, which is half of two.
          maxWorkers: '100%',
          // After the tests in Node, whose workers are others.
          sequence: { groupOrder: 1 },
          include: [inChromiumOnly, inBoth],
          exclude: [allFrameworks],
          browser: chromium(),
        },
      },
      {
        root: frameworks,
        // The adapters lie outside, and must get the same copy as the framework itself.
        resolve: { dedupe: ['@langchain/langgraph-checkpoint', '@strands-agents/sdk'] },
        test: {
          name: 'frameworks',
          testTimeout,
          expect: patience,
          environment: 'node',
          include: ['**/*.test.ts'],
          exclude: ['node_modules/**', '**/*.browser.test.ts'],
          setupFiles: ['fake-indexeddb/auto', '../arrays-only.ts'],
        },
      },
      {
        root: frameworks,
        resolve: { dedupe: ['@langchain/langgraph-checkpoint', '@strands-agents/sdk'] },
        server: { fs: { allow: ['../..'] } },
        optimizeDeps: {
          include: [
            'idb',
            'nanoid',
            'dequal',
            'dequal/lite',
            'fast-check',
            'devalue',
            '@noble/hashes/sha2.js',
            '@noble/hashes/utils.js',
            '@strands-agents/sdk',
            '@strands-agents/sdk/storage',
            '@langchain/core/messages',
            '@langchain/langgraph/web',
            '@langchain/langgraph-checkpoint',
            '@langchain/langgraph-checkpoint-validation',
            '@openai/agents-core',
            '@openai/agents-core/testing',
            'zod',
            '@ag-ui/client',
            'rxjs',
            '@ai-sdk/react',
            'ai',
            '@assistant-ui/react',
            '@tanstack/ai-client',
            'react',
            'react-dom/client',
          ],
        },
        test: {
          name: 'frameworks-chromium',
          testTimeout,
          expect: patience,
          maxWorkers: '100%',
          // After the tests in Node, whose workers are others.
          sequence: { groupOrder: 1 },
          include: ['**/*.browser.test.ts', '**/*.both.test.ts'],
          exclude: ['node_modules/**'],
          browser: chromium(),
        },
      },
    ],
  },
});
