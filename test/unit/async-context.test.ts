import { expect, test } from 'vitest';
import { asyncContext, followPromises } from '../../src/vite/page/async-context.js';

followPromises();

/** A native `await` calls no `then`, so a context is told by callbacks here, as in code that was lowered. */
const soon = () => new Promise<void>((resolve) => void setTimeout(resolve, 1));
const told = () => asyncContext.getStore<string>('who');
const as = <R>(who: string, work: () => R): R => asyncContext.run('who', who, work);

test('what an action was given is found behind each of its promises, and nowhere else', async () => {
  const work = () =>
    soon()
      .then(told)
      .then((who) => soon().then(() => [who, told()]));
  const [none, ann, ben] = await Promise.all([work(), as('Ann', work), as('Ben', work)]);
  expect([none, ann, ben]).toEqual([
    [undefined, undefined],
    ['Ann', 'Ann'],
    ['Ben', 'Ben'],
  ]);
  expect(told()).toBeUndefined();
});

test('an action within another one sees both, and leaves the outer one as it was', async () => {
  const both = () => [told(), asyncContext.getStore('what')];
  const seen = as('Ann', () =>
    asyncContext
      .run('what', 'tea', () => as('Ben', () => soon().then(both)))
      .then((inner) => [inner, both()]),
  );
  expect(await seen).toEqual([
    ['Ben', 'tea'],
    ['Ann', undefined],
  ]);
});

test('a rejection is handled, and what is done at last is done, in the context that asked for it', async () => {
  const heard: unknown[] = [];
  const failed = as('Ann', () =>
    Promise.reject(new Error('no'))
      .finally(() => heard.push(told()))
      .catch(() => heard.push(told())),
  );
  await failed;
  expect(heard).toEqual(['Ann', 'Ann']);
});

test('timers and microtasks go on in the context that set them, with their arguments', async () => {
  const heard: unknown[] = [];
  await new Promise<void>((resolve) => {
    as('Ann', () => {
      queueMicrotask(() => heard.push(told()));
      setTimeout((word: string) => heard.push(told(), word), 1, 'later');
      const interval = setInterval(() => {
        clearInterval(interval);
        heard.push(told());
        resolve();
      }, 20);
    });
  });
  expect(heard).toEqual(['Ann', 'Ann', 'later', 'Ann']);
});

test('an action that throws leaves nothing behind', () => {
  expect(() =>
    as('Ann', () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(told()).toBeUndefined();
});
