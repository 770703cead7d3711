/** As bundlers make it for pages: one ES module, minified, gzipped. What is loaded on demand is in `ignore`. */
const asModule = { gzip: true, modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }) };

const entries = [
  {
    name: 'offshoot',
    path: 'dist/index.js',
    ignore: [
      '../maintenance/compaction/scheduler.js',
      '../maintenance/integrity/check.js',
      '../maintenance/quota/retry-when-full.js',
      '../maintenance/retention/apply-policy.js',
      '../maintenance/retention/scheduler.js',
      '../maintenance/undo/scheduler.js',
      '../search/search-text.js',
      '../transfer/export/export-sessions.js',
      '../transfer/genkit/import-genkit.js',
      '../transfer/import/import-sessions.js',
      './encrypted-database.js',
      './memory.js',
      './mend.js',
      './upkeep.js',
    ],
    limit: '37.4 kB',
  },
  {
    name: 'offshoot, only SessionStoreError',
    path: 'dist/index.js',
    import: '{ SessionStoreError }',
    limit: '500 B',
  },
  {
    name: 'offshoot/all, with nothing on demand',
    path: 'dist/all.js',
    limit: '95.1 kB',
  },
  {
    name: 'offshoot/bundle',
    path: 'dist/bundle.js',
    limit: '91.1 kB',
  },
  {
    name: 'offshoot, upkeep on demand',
    path: 'dist/store/upkeep.js',
    ignore: [
      '../maintenance/integrity/check.js',
      '../maintenance/quota/retry-when-full.js',
      '../maintenance/retention/apply-policy.js',
      '../search/search-text.js',
      '../snapshots/delete/hide.js',
      '../transfer/export/export-sessions.js',
      '../snapshots/read/where.js',
      '../encryption/probe.js',
      '../transfer/import/import-sessions.js',
      '../transfer/genkit/import-genkit.js',
      '../session/duplicate.js',
    ],
    limit: '1.4 kB',
  },
  {
    name: 'offshoot, duplicate() on demand',
    path: 'dist/session/duplicate.js',
    limit: '5.1 kB',
  },
  {
    name: 'offshoot, check() on demand',
    path: 'dist/maintenance/integrity/check.js',
    limit: '8.1 kB',
  },
  {
    name: 'offshoot, compaction on demand',
    path: 'dist/maintenance/compaction/scheduler.js',
    limit: '4.6 kB',
  },
  {
    name: 'offshoot, retention on demand',
    path: 'dist/maintenance/retention/scheduler.js',
    limit: '8.8 kB',
  },
  {
    name: 'offshoot, probing keys on demand',
    path: 'dist/encryption/probe.js',
    limit: '3.9 kB',
  },
  {
    name: 'offshoot, filters on demand',
    path: 'dist/snapshots/read/where.js',
    limit: '5.5 kB',
  },
  {
    name: 'offshoot, searching on demand',
    path: 'dist/search/search-text.js',
    limit: '8.4 kB',
  },
  {
    name: 'offshoot, hiding and restoring on demand',
    path: 'dist/snapshots/delete/hide.js',
    limit: '4.5 kB',
  },
  {
    name: 'offshoot, export on demand',
    path: 'dist/transfer/export/export-sessions.js',
    limit: '11.3 kB',
  },
  {
    name: 'offshoot, import on demand',
    path: 'dist/transfer/import/import-sessions.js',
    limit: '21.8 kB',
  },
  {
    name: "offshoot, importing Genkit's files on demand",
    path: 'dist/transfer/genkit/import-genkit.js',
    limit: '18.9 kB',
  },
  {
    name: 'offshoot, encryption on demand',
    path: 'dist/encryption/encrypted-database.js',
    limit: '16.6 kB',
  },
  {
    name: 'offshoot/encryption',
    path: 'dist/encryption/index.js',
    ignore: ['./argon2.js'],
    limit: '2.7 kB',
  },
  {
    name: 'offshoot/encryption, Argon2id on demand',
    path: 'dist/encryption/argon2.js',
    limit: '6.5 kB',
  },
  {
    name: 'offshoot/testing',
    path: 'dist/testing/index.js',
    limit: '16 kB',
  },
  {
    name: 'offshoot/playwright',
    path: 'dist/playwright/index.js',
    ignore: ['./page.js'],
    limit: '8.4 kB',
  },
  {
    name: 'offshoot/playwright, the helper tab',
    path: 'dist/playwright/page.js',
    limit: '97.2 kB',
  },
  {
    name: 'offshoot/ag-ui',
    path: 'dist/ag-ui/index.js',
    limit: '6.5 kB',
  },
  {
    name: 'offshoot/agentick',
    path: 'dist/agentick/index.js',
    limit: '2.9 kB',
  },
  {
    name: 'offshoot/strands',
    path: 'dist/strands/index.js',
    ignore: ['@strands-agents/sdk'],
    limit: '6.3 kB',
  },
  {
    name: 'offshoot/langgraph',
    path: 'dist/langgraph/index.js',
    ignore: ['@langchain/langgraph-checkpoint'],
    limit: '7 kB',
  },
  {
    name: 'offshoot/openai-agents',
    path: 'dist/openai-agents/index.js',
    limit: '6.5 kB',
  },
  {
    name: 'offshoot/ai-sdk',
    path: 'dist/ai-sdk/index.js',
    limit: '6.8 kB',
  },
  {
    name: 'offshoot/assistant-ui',
    path: 'dist/assistant-ui/index.js',
    limit: '5.6 kB',
  },
  {
    name: 'offshoot/tanstack-ai',
    path: 'dist/tanstack-ai/index.js',
    limit: '4.2 kB',
  },
  {
    name: 'offshoot/react',
    path: 'dist/react/index.js',
    import: '{ useSessions, useSession, useSnapshot, SessionStoreProvider, useSessionStore, suspend }',
    // What a page with a store has already.
    ignore: ['../index.js', '../session/branches.js'],
    limit: '4.5 kB',
  },
  {
    name: 'offshoot/vue',
    path: 'dist/vue/index.js',
    ignore: ['../index.js', 'vue', '../session/branches.js'],
    limit: '4.6 kB',
  },
  {
    name: 'offshoot/svelte',
    path: 'dist/svelte/index.js',
    ignore: ['../index.js', 'svelte', '../session/branches.js'],
    limit: '4.4 kB',
  },
  {
    name: 'offshoot/sync',
    path: 'dist/sync/index.js',
    limit: '32.9 kB',
  },
  {
    name: 'offshoot/server, without zod',
    path: 'dist/server/index.js',
    ignore: ['zod'],
    limit: '22.5 kB',
  },
  {
    name: 'offshoot/vite',
    path: 'dist/vite/index.js',
    ignore: ['node:url'],
    limit: '2.1 kB',
  },
  {
    name: 'offshoot/vite, what a page gets beside Genkit',
    path: 'dist/vite/page/features.js',
    limit: '500 B',
  },
];

export default entries.map((entry) => ({ ...asModule, ...entry }));
