import { join } from 'node:path';
import { defineConfig, normalizePath } from 'vite';

const path = (...parts: string[]) => normalizePath(join(import.meta.dirname, ...parts));
const schema = path('../../../../src/database/schema.ts');
const standIn = path('schema.ts');

export default defineConfig({
  plugins: [
    {
      name: 'schema-that-rises',
      enforce: 'pre',
      async resolveId(source, importer) {
        if (importer === standIn) return null;
        const found = await this.resolve(source, importer, { skipSelf: true });
        return found?.id === schema ? standIn : null;
      },
    },
  ],
  worker: { format: 'es' },
});
