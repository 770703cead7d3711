// W3C WebDriver, as far as it is used here.

/** Nothing that is asked for in one request takes long. */
const PATIENCE_MS = 60_000;

/**
 * How long a tab is waited for before others have their turn. A request that waits until the action is done would
 * either keep the others waiting too, or race with the choice of another tab.
 */
const SLICE_MS = 50;

/** In the page: answers with what has come of the action, or with `null` if there is nothing yet. */
const AWAIT_OUTCOME = `
  const [id, answer] = arguments;
  const outcome = window.offshootOutcomes?.get(id) ?? { error: 'the page was left' };
  const slice = new Promise((resolve) => setTimeout(resolve, ${SLICE_MS}, null));
  Promise.race([outcome, slice]).then((outcome) => {
    if (outcome) window.offshootOutcomes?.delete(id);
    answer(JSON.stringify(outcome));
  });`;

/** @param {string} action @param {unknown} argument */
const begin = (action, argument) => `
  (window.offshootOutcomes ??= new Map()).set(
    arguments[0],
    (async () => (${action})(${JSON.stringify(argument)}))().then(
      (value) => ({ value }),
      (error) => ({ error: error?.message ?? String(error) }),
    ),
  );`;

/** A driven browser. */
export class Session {
  #url;
  /** The tab that the browser began with, which stays. */
  #first;
  #actions = 0;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /** @param {string} url @param {string} first */
  constructor(url, first) {
    this.#url = url;
    this.#first = first;
  }

  /** @param {string} driver its address @param {object} capabilities */
  static async start(driver, capabilities) {
    const { sessionId, capabilities: found } = await request('POST', `${driver}/session`, {
      capabilities: { alwaysMatch: capabilities },
    });
    const url = `${driver}/session/${sessionId}`;
    const session = new Session(url, await request('GET', `${url}/window`));
    return { session, version: /** @type {string} */ (found.browserVersion) };
  }

  async open() {
    // Asked for in a tab that is closed, no other opens.
    const { handle } = await this.in(this.#first, 'POST', 'window/new', { type: 'window' });
    return /** @type {string} */ (handle);
  }

  /** @param {string} tab @param {'POST' | 'DELETE'} method @param {string} command @param {object} [body] */
  in(tab, method, command, body) {
    // Commands go to the session's current tab, so choosing it and the command belong together.
    const result = this.#turn.then(async () => {
      await request('POST', `${this.#url}/window`, { handle: tab });
      return request(method, `${this.#url}/${command}`, body);
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Loads a page in a tab, or its own anew. @param {string} tab @param {string} [url] */
  async load(tab, url) {
    await this.in(tab, 'POST', 'execute/sync', { script: 'window.offshootIsLeft = true;', args: [] });
    await this.in(tab, 'POST', url ? 'url' : 'refresh', url ? { url } : {});
    // One load in forty is said to be done when it is the empty first page of the tab that is done.
    const script = "return !window.offshootIsLeft && document.readyState === 'complete';";
    let isLoaded = false;
    while (!isLoaded) isLoaded = await this.in(tab, 'POST', 'execute/sync', { script, args: [] });
  }

  /** @param {string} tab @param {string} action a function @param {unknown} argument */
  async evaluate(tab, action, argument) {
    const id = this.#actions++;
    let script = begin(action, argument) + AWAIT_OUTCOME;
    for (;;) {
      const answer = await this.in(tab, 'POST', 'execute/async', { script, args: [id] });
      const outcome = JSON.parse(answer);
      if (outcome && 'error' in outcome) throw new Error(outcome.error);
      if (outcome) return outcome.value;
      script = AWAIT_OUTCOME;
    }
  }

  end() {
    return request('DELETE', this.#url);
  }
}

/** @param {string} method @param {string} url @param {object} [body] @returns {Promise<any>} */
async function request(method, url, body) {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(body && { body: JSON.stringify(body) }),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** Waits until a driver that was just started answers. @param {string} driver its address */
export async function untilReady(driver) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const ready = await request('GET', `${driver}/status`).then(
      (status) => status.ready,
      () => false,
    );
    if (ready) return;
    if (Date.now() > deadline) throw new Error(`No driver answers at ${driver}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
