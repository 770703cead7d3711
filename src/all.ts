// `offshoot` and `offshoot/encryption` with every part that they load on demand: nothing is left for `import()`.
import * as memory from './database/memory.js';
import * as mend from './database/mend.js';
import * as argon2id from './encryption/argon2.js';
import * as encryption from './encryption/encrypted-database.js';
import * as probing from './encryption/probe.js';
import * as compaction from './maintenance/compaction/scheduler.js';
import * as check from './maintenance/integrity/check.js';
import * as room from './maintenance/quota/retry-when-full.js';
import * as policy from './maintenance/retention/apply-policy.js';
import * as purging from './maintenance/undo/scheduler.js';
import * as retention from './maintenance/retention/scheduler.js';
import { provided } from './runtime/load.js';
import * as duplicate from './session/duplicate.js';
import * as search from './search/search-text.js';
import * as filters from './snapshots/read/where.js';
import * as undoing from './snapshots/delete/hide.js';
import * as upkeep from './store/upkeep.js';
import * as exporting from './transfer/export/export-sessions.js';
import * as genkit from './transfer/genkit/import-genkit.js';
import * as importing from './transfer/import/import-sessions.js';

const parts = {
  ...{ argon2id, compaction, encryption, purging, retention, room, undoing },
  'mending a database': mend,
  'the fallback': memory,
  'rare operations': upkeep,
  'integrity checks': check,
  'deletion by policy': policy,
  'copies of sessions': duplicate,
  searches: search,
  filters,
  'probing keys': probing,
  usage: room,
  'export files': exporting,
  'import files': importing,
  "Genkit's files": genkit,
};
for (const [part, module] of Object.entries(parts)) provided.set(part, module);

export * from './index.js';
export * from './encryption/index.js';
