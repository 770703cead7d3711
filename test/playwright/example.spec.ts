import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { exampleIn } from '../docs/run-example.js';
import { test } from './app.js';

const root = join(import.meta.dirname, '../..');

test('the example does what it says', async ({ baseURL }) => {
  // Below the package, whose name is then that of what was built.
  await mkdir(join(root, '.reports'), { recursive: true });
  const folder = await mkdtemp(join(root, '.reports/example-'));
  try {
    const config = `
      import { launchOptions } from '../../scripts/chromium.mjs';
      export default {
        use: { baseURL: '${baseURL}', launchOptions },
        tsconfig: '../../tsconfig.build.json',
        reporter: 'line',
        timeout: 120_000,
        expect: { timeout: 30_000 },
        outputDir: './results',
      };
    `;
    await writeFile(join(folder, 'playwright.config.mjs'), config);
    await writeFile(join(folder, 'example.spec.ts'), exampleIn('playwright'));
    const cli = join(root, 'node_modules/@playwright/test/cli.js');
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'test', '-c', folder]).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(stdout).toContain('1 passed');
  } finally {
    await rm(folder, { recursive: true });
  }
});
