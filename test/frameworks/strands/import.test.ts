import { expect, test } from 'vitest';
import { onServer, trapBrowserGlobals } from '../../package/on-server.js';

test('importing offshoot/strands looks at no browser global that the SDK does not look at', async () => {
  const names = await onServer(
    `
      const sdk = await import('@strands-agents/sdk');
      ${trapBrowserGlobals}
      const adapter = await import('offshoot/strands');
      if (adapter.StorageError !== sdk.StorageError) throw new Error('another class');
      console.log(JSON.stringify(Object.keys(adapter)));
    `,
    'test/frameworks',
  );
  expect(names).toEqual(['OffshootSnapshotStorage', 'OffshootStorage', 'SessionError', 'StorageError']);
});
