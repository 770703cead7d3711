import { fileURLToPath } from 'node:url';
import { globals, handlebars, modules } from './modules.js';
import { inPagesOnly, type GenkitPlugin } from './plugin.js';

const PREFIX = '\0offshoot-genkit:';
const GLOBALS = `${PREFIX}globals`;
const HANDLEBARS = `${PREFIX}handlebars:`;

const inPackage = (names: string) => new RegExp(String.raw`[\\/]node_modules[\\/](?:${names})[\\/]`);
const GENKIT = inPackage(String.raw`genkit|genkitx-[^\\/]+|@genkit-ai[\\/][^\\/]+`);
/** Only what these import is replaced. */
const REPLACED_FOR = [GENKIT, inPackage('dotprompt|handlebars')];

const features = fileURLToPath(new URL('./page/features.js', import.meta.url));

const isGlobalIn = (code: string, name: string) =>
  new RegExp(String.raw`(?<![.\w$])${name}[.[]`).test(code) &&
  !new RegExp(String.raw`\bimport\b[^;]*\b${name}\b[^;]*\bfrom\b`).test(code);

/** Replaces what Genkit has from Node, and what it would load in vain. */
export function standIns(): GenkitPlugin {
  return {
    name: 'offshoot:genkit-stand-ins',
    enforce: 'pre',
    ...inPagesOnly,
    async resolveId(source, importer) {
      if (source === GLOBALS) return source;
      if (importer === undefined || !REPLACED_FOR.some((packages) => packages.test(importer)))
        return undefined;
      if (source === '@genkit-ai/core/node') return features;
      if (source.startsWith('handlebars/')) {
        const found = await this.resolve(source, importer, { skipSelf: true });
        return found ? HANDLEBARS + found.id : undefined;
      }
      const name = source.replace(/^node:/, '');
      return Object.hasOwn(modules, name) ? PREFIX + name : undefined;
    },
    load(id) {
      if (id === GLOBALS) return globals;
      if (id.startsWith(HANDLEBARS)) return handlebars(id.slice(HANDLEBARS.length));
      return id.startsWith(PREFIX) ? modules[id.slice(PREFIX.length)] : undefined;
    },
    async transform(code, id) {
      if (!GENKIT.test(id) || !/\.mjs(?:$|\?)/.test(id)) return undefined;
      const used = ['process', 'global', 'Buffer'].filter((name) => isGlobalIn(code, name));
      if (used.length === 0) return undefined;
      return { code: `import { ${used.join(', ')} } from ${JSON.stringify(GLOBALS)};${code}`, map: null };
    },
  };
}
