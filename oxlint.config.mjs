// Run with `-c` (npm run lint): a table of layers says in a dozen lines what JSON needs two hundred for.

import { posix } from 'node:path';

const base = ['errors.js', 'types/**', 'platform/**'];
const values = ['values/**', ...base];
const database = ['database/**', 'runtime/**', ...values];
const snapshots = ['snapshots/**', 'logs/**', ...database];

/** What refuses arguments is one thing, whoever is called. */
const published = ['platform/**', 'runtime/*.js', 'values/**', 'index.js'];
/** An adapter is made of what everybody has, and knows no other. */
const adapter = ['adapters/shared/**', ...published];
/** A framework's view of live queries. */
const binding = ['bindings/**', ...published];

/**
 * Imports through src point one way. What lies in a folder may import from all of that folder and from what is listed
 * here, and from no other part of src. A folder that is not listed may import nothing else.
 */
const layers = {
  types: ['errors.js'],
  platform: ['errors.js'],
  runtime: ['errors.js', 'platform/**'],
  values: base,
  tabs: values,
  database: ['runtime/**', ...values],
  logs: database,
  encoding: database,
  snapshots: ['logs/**', ...database],
  encryption: ['encoding/**', ...database],
  maintenance: snapshots,
  search: snapshots,
  transfer: ['encoding/**', ...snapshots],
  session: snapshots,
  store: [
    'session/**',
    'search/**',
    'transfer/**',
    'encryption/**',
    'maintenance/**',
    'tabs/**',
    ...snapshots,
  ],
  testing: ['values/**', 'types/**', 'platform/**'],
  bindings: ['session/branches.js', ...published],
  react: ['sync/index.js', ...binding],
  svelte: binding,
  vue: binding,
  playwright: published,
  vite: ['errors.js'],
  sync: ['index.js', ...values],
  'sync/protocol': ['errors.js'],
  'sync/local': [
    'sync/protocol/**',
    'store/**',
    'tabs/watchers.js',
    'encoding/**',
    'transfer/format/**',
    ...snapshots,
  ],
  'sync/wire': ['sync/protocol/**', ...values],
  'sync/engine': [
    'sync/wire/**',
    'sync/local/*.js',
    'sync/protocol/**',
    'tabs/page-lifecycle.js',
    'runtime/**',
    ...values,
  ],
  server: ['sync/protocol/**', 'platform/**', 'errors.js'],
  'playwright/tab': ['playwright/*.js', 'values/**', 'index.js', 'encryption/index.js'],
  'adapters/ag-ui': adapter,
  'adapters/agentick': adapter,
  'adapters/ai-sdk': adapter,
  'adapters/assistant-ui': adapter,
  'adapters/langgraph': adapter,
  'adapters/openai-agents': adapter,
  'adapters/shared': published,
  'adapters/strands': adapter,
  'adapters/tanstack-ai': adapter,
};

/** The files beside those folders. */
const files = {
  'errors.ts': [],
  'index.ts': ['store/**', 'encryption/**', ...base],
  'all.ts': [
    'index.js',
    'store/**',
    'session/**',
    'search/**',
    'transfer/**',
    'encryption/**',
    'maintenance/**',
    ...snapshots,
  ],
};

/** What an adapter may import beside, and nobody else. */
const frameworks = {
  'adapters/langgraph': '@langchain/**',
  'adapters/openai-agents': '@openai/**',
  'adapters/strands': '@strands-agents/**',
  react: 'react',
  server: 'zod',
  svelte: 'svelte',
  vue: 'vue',
};

/** Never in src: zod weighs 91 kB and reads what all objects inherit, our types are structural, and nobody imports themselves. */
const refusedPackages = [
  'zod',
  'zod/**',
  'genkit',
  'genkit/**',
  '@genkit-ai/**',
  'offshoot',
  'offshoot/**',
  ...Object.values(frameworks).filter((name) => name.includes('/')),
];

/** May be missing, null, or throw when it is looked at: only src/platform is prepared for that. */
const browserGlobals = [
  'indexedDB',
  'IDBKeyRange',
  'navigator',
  'BroadcastChannel',
  'localStorage',
  'sessionStorage',
  'document',
  'window',
  'self',
  'location',
  'fetch',
  'caches',
  'requestIdleCallback',
  'crypto',
  'structuredClone',
  'reportError',
];

/** Who has one of these already imports it; for us its types are enough. */
const typesOnly = [
  'ai',
  '@ag-ui/**',
  '@ai-sdk/**',
  '@assistant-ui/**',
  '@tanstack/**',
  '@playwright/**',
  'react-dom',
];

/**
 * Refuses every relative import that leaves the folder, but the allowed ones.
 *
 * @param {string} leaving
 * @param {string[]} allowed
 * @param {string} message
 * @param {string} [framework] packages that are not refused
 */
const mayImport = (leaving, allowed, message, framework) => ({
  'no-restricted-imports': [
    'error',
    {
      // As a pattern each would be every `@scope/react` as well.
      paths: ['react', 'svelte', 'vue'].filter((name) => name !== framework),
      patterns: [
        { group: [leaving, ...allowed.map((path) => `!${path}`)], message },
        {
          group: refusedPackages.filter((name) => name !== framework),
          message: 'Not in src; see oxlint.config.mjs.',
        },
        { group: typesOnly, allowTypeImports: true, message: 'Import types only; see oxlint.config.mjs.' },
      ],
    },
  ],
});

/** @param {string} place @param {string[]} allowed */
const refusal = (place, allowed) =>
  `src/${place} may import ${allowed.join(', ') || 'nothing beside itself'}; see oxlint.config.mjs.`;

/**
 * The same for a folder, and for the folders in it: from there the ways out are longer.
 *
 * @param {string} folder
 * @param {string[]} allowed
 */
const layer = (folder, allowed) =>
  [0, 1].map((depth) => ({
    files: [`src/${folder}${'/*'.repeat(depth + 1)}`],
    rules: mayImport(
      `${'../'.repeat(depth + 1)}**`,
      allowed.map((path) => posix.relative(`${folder}${'/folder'.repeat(depth)}`, path)),
      refusal(folder, allowed),
      frameworks[/** @type {keyof typeof frameworks} */ (folder)],
    ),
  }));

const plugins = ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise'];

export default {
  plugins,
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  env: { es2024: true, browser: true, node: true },
  rules: {
    // By default a circle of type imports would pass.
    'import/no-cycle': ['error', { ignoreTypes: false }],
    // `import('…')` as a type would slip past the layers.
    'typescript/consistent-type-imports': 'error',
    // Taking a property out of an object leaves its name behind.
    'no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
    // Awaiting one after the other is what transactions and streams are about.
    'no-await-in-loop': 'off',
    // Callbacks handed to a page, and nested transactions, name the same things again.
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    // fast-check is documented as `fc`.
    'import/no-named-as-default-member': 'off',
    // Polyfills and style sheets are imported for what they do.
    'import/no-unassigned-import': 'off',
    // `toSorted` and `toReversed` copy, and are younger than the engines we run in.
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    // Watchers may unsubscribe while we go through them, and what is stored is nobody's to change: copies.
    'unicorn/no-useless-spread': 'off',
    'oxc/no-map-spread': 'off',
    // A request or a channel that nobody else sees needs one handler.
    'unicorn/prefer-add-event-listener': 'off',
    // It takes a BroadcastChannel for a window.
    'unicorn/require-post-message-target-origin': 'off',
    'unicorn/prefer-set-has': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // What comes out of IndexedDB or JSON, or is thrown, has the type that we say it has.
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    'typescript/no-base-to-string': 'off',
    'typescript/restrict-template-expressions': 'off',
    // Asking whether an optional method is there mentions it without calling it.
    'typescript/unbound-method': 'off',
  },
  overrides: [
    {
      files: ['src/**'],
      rules: {
        'no-console': ['error', { allow: ['error'] }],
        'no-restricted-globals': [
          'error',
          ...browserGlobals.map((name) => ({ name, message: 'Only src/platform touches it.' })),
        ],
        'no-restricted-properties': [
          'error',
          ...browserGlobals.map((property) => ({ object: 'globalThis', property })),
        ],
        ...mayImport('../**', [], 'Add the new folder to the layers in oxlint.config.mjs.'),
      },
    },
    {
      // A test's own code runs where the test says: in Node, or in a tab that it opens.
      files: ['src/platform/**', 'src/testing/**', 'src/playwright/**'],
      rules: { 'no-restricted-globals': 'off' },
    },
    ...Object.entries(layers).flatMap(([folder, allowed]) => layer(folder, allowed)),
    ...Object.entries(files).map(([file, allowed]) => ({
      files: [`src/${file}`],
      rules: mayImport(
        './**',
        allowed.map((path) => `./${path}`),
        refusal(file, allowed),
      ),
    })),
    {
      files: ['demo/**'],
      plugins: [...plugins, 'react', 'jsx-a11y'],
      rules: {
        'react/react-in-jsx-scope': 'off',
      },
    },
    {
      files: ['test/**'],
      plugins: [...plugins, 'vitest'],
      rules: {
        'vitest/no-focused-tests': 'error',
        'vitest/no-disabled-tests': 'error',
        // What is not a promise but has a `then` must be refused like one.
        'unicorn/no-thenable': 'off',
        // Playwright insists on `({}, use) =>`.
        'no-empty-pattern': 'off',
      },
    },
  ],
};
