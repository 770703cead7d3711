import { SessionStoreError } from '../errors.js';
import { inPagesOnly, type GenkitPlugin } from './plugin.js';

/** The last version of the language without `async`, which the async context cannot follow. */
export const LOWERED = 'es2016';

interface Vite {
  version: string;
  transformWithOxc?: (code: string, id: string, options: object) => Promise<{ code: string }>;
}

/** Its types bring Node's with them, so it is imported by a name that no compiler looks at. */
const vite = 'vite';

async function transformer(): Promise<NonNullable<Vite['transformWithOxc']>> {
  const { version, transformWithOxc } = (await import(vite)) as Vite;
  if (transformWithOxc) return transformWithOxc;
  const message = `genkitInTheBrowser() needs Vite 8 or later, and this is Vite ${version}: npm install vite@8`;
  throw new SessionStoreError('FAILED_PRECONDITION', message);
}

/** Turns `async` functions into generators, in development and when built; dependencies are prepared with `LOWERED`. */
export function lowering(): GenkitPlugin {
  return {
    name: 'offshoot:genkit-lowering',
    // After what makes JavaScript of other languages.
    enforce: 'post',
    ...inPagesOnly,
    async config() {
      await transformer();
      return { optimizeDeps: { rolldownOptions: { transform: { target: LOWERED } } } };
    },
    async transform(code, id) {
      if (!/\basync\b/.test(code) || /\.(?:css|json|html)(?:$|\?)/.test(id)) return undefined;
      const transform = await transformer();
      return transform(code, id.replace(/\?.*/, ''), { target: LOWERED, lang: 'js' });
    },
  };
}
