import { useSyncExternalStore } from 'react';

/** What the address names: `#chat=…&at=…`. */
export interface Address {
  sessionId: string | undefined;
  /** The snapshot that this tab stands at; the session's head, if it names none. */
  at: string | undefined;
}

let shown: { hash: string; address: Address } | undefined;

/** What the address names now, whether it has been drawn already or not. */
export function addressNow(): Address {
  const { hash } = location;
  if (shown?.hash !== hash) {
    const parameters = new URLSearchParams(hash.slice(1));
    const named = (key: string) => parameters.get(key)?.trim() || undefined;
    shown = { hash, address: { sessionId: named('chat'), at: named('at') } };
  }
  return shown.address;
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

export const useAddress = (): Address => useSyncExternalStore(subscribe, addressNow);

export function hrefOf(sessionId: string, at?: string): string {
  return `#${new URLSearchParams({ chat: sessionId, ...(at !== undefined && { at }) })}`;
}

/** `replace` for what is no new place to come back to. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  const url = href === '' ? location.pathname + location.search : href;
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  dispatchEvent(new PopStateEvent('popstate'));
}
