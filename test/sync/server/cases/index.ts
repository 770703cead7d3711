import type { Engine } from '../engines.js';
import { conflictCases } from './conflict-cases.js';
import { mediaCases } from './media-cases.js';
import { pullCases } from './pull-cases.js';
import { pushCases } from './push-cases.js';
import { raceCases } from './race-cases.js';
import { requestCases } from './request-cases.js';
import { tenantCases } from './tenant-cases.js';

/** What holds over every database. */
export function allCases(engine: () => Engine): void {
  pushCases(engine);
  conflictCases(engine);
  pullCases(engine);
  tenantCases(engine);
  mediaCases(engine);
  requestCases(engine);
  raceCases(engine);
}
