import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/chromium.mjs';

// Nothing here is about speed, and machines are busy.
const testTimeout = 60_000;

const browserTests = 'test/**/*.browser.test.ts';

export default defineConfig({
  test: {
    allowOnly: false,
    projects: [
      {
        test: {
          name: 'node',
          testTimeout,
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [browserTests],
          setupFiles: ['fake-indexeddb/auto', './test/arrays-only.ts'],
        },
      },
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
            '@strands-agents/sdk',
            '@strands-agents/sdk/storage',
            'dequal/lite',
            '@langchain/core/messages',
            '@langchain/langgraph/web',
            '@langchain/langgraph-checkpoint',
            '@langchain/langgraph-checkpoint-validation',
            '@openai/agents-core',
            '@openai/agents-core/testing',
            'zod',
            '@ai-sdk/react',
            '@assistant-ui/react',
            '@tanstack/ai-client',
            'react',
            'react-dom/client',
            'react-dom/server',
          ],
        },
        test: {
          name: 'chromium',
          testTimeout,
          include: [browserTests],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
