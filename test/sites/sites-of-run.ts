import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Playwright's global setup: workers, which get its environment, share what they build during a run. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'offshoot-sites-'));
  process.env['OFFSHOOT_SITES'] = folder;
  return () => rm(folder, { recursive: true });
}
