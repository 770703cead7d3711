// What Genkit imports and a page cannot have, or need not load: the code of the modules that stand in for it. CommonJS,
// so that a name which a later Genkit imports beside these is `undefined`, and no error of the bundler.

const nothing = 'module.exports = {};';
const server =
  'module.exports = class { constructor() { throw new Error("Genkit serves developers in Node only"); } };';
const files = 'module.exports = { existsSync: () => false, readdirSync: () => [] };';
const paths = `const join = (...parts) => parts.join('/');
module.exports = { join, resolve: join, basename: (path) => path.split('/').at(-1), sep: '/' };`;
const yaml = `module.exports = {
  parse() { throw new Error("prompts with front matter are files, which a page does not have"); },
};`;
const process = "{ env: {}, versions: { node: '20.0.0' }, pid: 0, cwd: () => '/', on() {}, exit() {} }";
const buffer = `{
  from: (bytes) => ({
    toString: () => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')),
  }),
}`;

export const modules: Readonly<Record<string, string>> = {
  fs: files,
  'fs/promises': files,
  path: paths,
  process: `module.exports = ${process};`,
  buffer: `module.exports = { Buffer: ${buffer} };`,
  crypto: 'module.exports = { randomUUID: () => globalThis.crypto.randomUUID() };',
  perf_hooks: 'module.exports = { performance: globalThis.performance };',
  async_hooks: nothing,
  assert: nothing,
  util: 'module.exports = { format: (...values) => values.map(String).join(" ") };',
  'node-fetch': 'module.exports = (...request) => globalThis.fetch(...request);',
  // For Vertex AI, which takes credentials that no page may have; keys for Gemini do without.
  'google-auth-library': 'module.exports = {};',
  // The server for Genkit's developer tools, and what is told to it.
  express: server,
  ws: server,
  cors: nothing,
  'get-port': nothing,
  '@opentelemetry/core': nothing,
  '@opentelemetry/sdk-logs': nothing,
  '@opentelemetry/sdk-node': nothing,
  '@opentelemetry/sdk-trace-base': nothing,
  // It compiles schemas, which needs `unsafe-eval`; src/vite/page/features.ts has them interpreted.
  ajv: 'module.exports = class {};',
  'ajv-formats': 'module.exports = () => {};',
  yaml,
  // Handlebars does without.
  'source-map': nothing,
};

/** What Genkit takes for granted as global, under those names. */
export const globals = `
export const process = ${process};
export const Buffer = ${buffer};
export const global = globalThis;`;

/** Templates without expressions are rendered without being compiled, since that needs `unsafe-eval`. */
export const handlebars = (path: string) => `
import Handlebars from ${JSON.stringify(path)};
const { compile } = Handlebars;
Handlebars.compile = (text, options) => (/\\{\\{|\\\\/.test(text) ? compile(text, options) : () => text);
export default Handlebars;`;
