import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '@strands-agents/sdk';
import { onTestFinished } from 'vitest';
import { OffshootSnapshotStorage } from '../../src/strands/index.js';
import { openStore } from '../browser/open-store.js';
import { describeSnapshotStorage } from './snapshot-storage-cases.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'offshoot-strands-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describeSnapshotStorage("the SDK's FileStorage", () => new FileStorage(folder()));
describeSnapshotStorage('ours', () => new OffshootSnapshotStorage(openStore()));
describeSnapshotStorage('ours, with a history', () => new OffshootSnapshotStorage(openStore(), { history: 2 }));
