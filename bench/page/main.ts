import { NotOffered, type Variant, type VariantModule } from '../variants/variant.js';
import type { Request } from './phase.js';
import { phases } from './phases.js';

/** What a driver of whatever browser calls: a name and plain data in, plain data out. */
interface Bench {
  run(phase: string, request: Request): Promise<{ value: unknown } | { notOffered: string }>;
}

declare global {
  /** Vite's, as far as it is used here. */
  interface ImportMeta {
    glob<T>(patterns: string[]): Record<string, () => Promise<T>>;
  }
  interface Window {
    bench: Bench;
  }
}

// Loaded one by one, because RxDB refuses to run beside another Dexie, and so that nobody pays for the others.
const modules = import.meta.glob<VariantModule>([
  '../variants/*.ts',
  '!../variants/variant.ts',
  '!../variants/one-path.ts',
]);

async function load(name: string): Promise<Variant> {
  const module = modules[`../variants/${name}.ts`];
  if (!module) throw new Error(`there is no variant "${name}"`);
  return (await module()).create();
}

window.bench = {
  async run(phase, request) {
    const work = phases[phase];
    if (!work) throw new Error(`there is no phase "${phase}"`);
    try {
      return { value: await work(() => load(request.variant), request) };
    } catch (error) {
      if (error instanceof NotOffered) return { notOffered: error.message };
      throw error;
    }
  },
};
