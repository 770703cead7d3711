import { expect, test } from 'vitest';
import { onServer, trapBrowserGlobals } from '../../package/on-server.js';

test('importing offshoot/langgraph looks at no browser global that LangGraph does not look at', async () => {
  const names = await onServer(
    `
      await import('@langchain/langgraph-checkpoint');
      ${trapBrowserGlobals}
      const adapter = await import('offshoot/langgraph');
      console.log(JSON.stringify(Object.keys(adapter)));
    `,
    'test/frameworks',
  );
  expect(names).toEqual(['OffshootSaver', 'OffshootStore', 'configOf']);
});
