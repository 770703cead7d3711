import fc from 'fast-check';
import { action, type Action } from './actions.js';
import type { EncryptionOptions } from '../../src/index.js';
import type { ModelOptions } from './model.js';
import { TwoTabs } from './two-tabs.js';

const options: fc.Arbitrary<ModelOptions> = fc
  .tuple(fc.boolean(), fc.constantFrom(undefined, undefined, undefined, 1, 2, 3))
  .map(([rejectBranchingSessions, maxPersistedChainLength]) => ({
    rejectBranchingSessions,
    ...(maxPersistedChainLength !== undefined && { maxPersistedChainLength }),
  }));

/** Whatever is done through two stores over one database, both show what the model shows, after every step. */
export const agreesWithModel = (
  encryption?: EncryptionOptions,
): fc.IAsyncProperty<[ModelOptions, Action[]]> =>
  fc.asyncProperty(
    options,
    fc.array(action, { minLength: 1, maxLength: 20, size: 'max' }),
    async (storeOptions, actions) => {
      const tabs = new TwoTabs(storeOptions, encryption);
      try {
        for (const each of actions) await tabs.perform(each);
        await tabs.finish();
      } finally {
        await tabs.close();
      }
    },
  );
