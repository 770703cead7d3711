import 'zone.js';
import { disableGenkitOTelInitialization } from '@genkit-ai/core/tracing';

/** Genkit's async context, which in Node is an AsyncLocalStorage: here it travels in zone.js' zones. */
const context = {
  getStore: <T>(key: string): T | undefined => Zone.current.get(key),
  run: <T, R>(key: string, store: T, callback: () => R): R =>
    Zone.current.fork({ name: key, properties: { [key]: store } }).run(callback),
};

/** Takes the place of `initNodeFeatures` from `@genkit-ai/core/node`. */
export function initNodeFeatures() {
  // Genkit exports no setter; this global is where its getter looks.
  (globalThis as { __genkit_AsyncContext?: typeof context }).__genkit_AsyncContext = context;
  disableGenkitOTelInitialization();
}
