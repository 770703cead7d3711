// Some replacements of Promise take arrays only, and answer of anything else that all of it is done: zone.js as a
// script. So ours is handed nothing else, whatever a test does.
for (const method of ['all', 'allSettled', 'race', 'any'] as const) {
  const original = Promise[method] as (this: PromiseConstructor, values: Iterable<unknown>) => Promise<any>;
  Promise[method] = function (this: PromiseConstructor, values: Iterable<unknown>) {
    const isOurs = () => /^(?!.*node_modules).*[/\\]src[/\\]/.test(new Error().stack!.split('\n')[3]!);
    if (!Array.isArray(values) && isOurs()) throw new TypeError(`Promise.${method} takes an array only here`);
    return original.call(this, values);
  };
}
