import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '@strands-agents/sdk';
import { InMemoryStorage, LocalFileStorage } from '@strands-agents/sdk/storage';
import { onTestFinished } from 'vitest';
import { describeAgents } from './agent-cases.js';
import { describeOurs } from './our-cases.js';
import { describeSnapshotStorage } from './snapshot-storage-cases.js';
import { describeStorage } from './storage-cases.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'offshoot-strands-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describeSnapshotStorage("the SDK's FileStorage", () => new FileStorage(folder()));
describeStorage("the SDK's InMemoryStorage", () => new InMemoryStorage());
describeStorage("the SDK's LocalFileStorage", () => new LocalFileStorage(folder()), 'copies');
describeAgents("the SDK's FileStorage", () => {
  const path = folder();
  return () => ({ snapshot: new FileStorage(path) });
});
describeAgents("the SDK's LocalFileStorage", () => {
  const path = folder();
  return () => new LocalFileStorage(path);
});
describeOurs();
