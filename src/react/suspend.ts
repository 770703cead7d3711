import type { QueryResult } from '../bindings/live-query.js';

/** What Next.js takes for the wish to render in the browser, and who has it; any other error it reports. */
const IN_BROWSER = { digest: 'BAILOUT_TO_CLIENT_SIDE_RENDERING', reason: 'suspend() of offshoot/react' };

/**
 * The data of a result, for components inside of `<Suspense>` and an error boundary: suspends while it is `pending`,
 * and throws the error if there is no data to show instead. On a server it throws an Error, which makes React send the
 * fallback and render it in the browser.
 */
export function suspend<T>(result: QueryResult<T>): T {
  if (result.status === 'ready') return result.data;
  if (result.status === 'pending') {
    // React suspends a component that throws a promise.
    throw (
      result.settled ??
      Object.assign(new Error('sessions are stored in the browser: this is rendered there'), IN_BROWSER)
    );
  }
  if (result.data === undefined) throw result.error;
  return result.data;
}
