import { expect, onTestFinished, test } from 'vitest';
import { createSSRApp, defineComponent, h, nextTick, ref } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { useSession } from '../../src/vue/index.js';
import { observed } from '../stores/observed-store.js';
import { freshName, openStore } from '../stores/open-store.js';

test('a page takes over what the server has rendered, and shows the data then', async () => {
  const name = freshName();
  await save(openStore({ name }), 'a', turn(1));
  const { store, watchers } = observed(openStore({ name }));
  const isMore = ref(false);
  const onScreen: string[] = [];
  const Session = defineComponent(() => {
    const { status, data } = useSession(store, 's');
    return () => {
      onScreen.push(status.value);
      return h('p', `${status.value} ${data.value?.leaves.length}`);
    };
  });
  const page = defineComponent(() => () => h('div', [h(Session), isMore.value ? h(Session) : h('hr')]));
  const complaints: string[] = [];
  const makeApp = () => {
    const app = createSSRApp(page);
    app.config.warnHandler = (text) => complaints.push(text);
    return app;
  };
  const html = await renderToString(makeApp());
  expect(html).toContain('<p>pending undefined</p>');

  // The second page begins when the answer is already there, which the server did not know.
  const places = [1, 2].map(() => {
    const place = document.body.appendChild(document.createElement('div'));
    place.innerHTML = html;
    onTestFinished(() => place.remove());
    return place;
  });
  for (const place of places) {
    const app = makeApp();
    app.mount(place);
    onTestFinished(() => app.unmount());
    await expect.poll(() => place.textContent).toBe('ready 1');
  }
  expect(complaints).toEqual([]);
  await expect.poll(watchers).toBe(1);

  // What is mounted later waits for nothing.
  onScreen.length = 0;
  isMore.value = true;
  await nextTick();
  expect(onScreen).not.toContain('pending');
  expect(places.map((place) => place.textContent)).toEqual(['ready 1ready 1', 'ready 1ready 1']);
});
