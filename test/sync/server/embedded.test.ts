import { afterAll, beforeAll } from 'vitest';
import { allCases } from './cases/index.js';
import { openPGlite, type Engine } from './engines.js';

let engine: Engine;
beforeAll(async () => {
  engine = await openPGlite();
}, 120_000);
afterAll(() => engine.close());

allCases(() => engine);
