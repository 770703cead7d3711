// Everything that a run leaves on the disk, in one folder that goes with the process, however that ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'offshoot-bench-'));
process.on('exit', () => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  } catch {
    // A browser that is being killed may still be writing; the system clears its temporary folder.
  }
});

/** @param {string} name */
export const temporaryFolder = (name) => mkdtemp(join(folder, `${name}-`));
