import { asyncContext, followPromises } from './async-context.js';

/** Where Genkit looks for what its code for Node would set; it exports no setters. */
interface GenkitGlobals {
  __genkit_AsyncContext?: unknown;
  __GENKIT_DISABLE_GENKIT_OTEL_INITIALIZATION?: boolean;
  __GENKIT_RUNTIME_CONFIG__?: object;
}

/** Takes the place of `initNodeFeatures` from `@genkit-ai/core/node`. */
export function initNodeFeatures(): void {
  const globals = globalThis as GenkitGlobals;
  // A page may load Genkit twice, as the hot reload of a development server does.
  if (globals.__genkit_AsyncContext) return;
  followPromises();
  globals.__genkit_AsyncContext = asyncContext;
  globals.__GENKIT_DISABLE_GENKIT_OTEL_INITIALIZATION = true;
  // Schemas are interpreted: compiling them needs `unsafe-eval` and a compiler of 40 kB.
  globals.__GENKIT_RUNTIME_CONFIG__ = { jsonSchemaMode: 'interpret', sandboxedRuntime: true };
}
