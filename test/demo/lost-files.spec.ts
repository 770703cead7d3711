import { button, expect, send, snapshots, test } from './fixture.js';

// The service worker would have them all.
test.use({ serviceWorkers: 'block' });

test('a part of the page whose file is gone says so, and comes with another try', async ({
  context,
  openTab,
  expectedErrors,
}) => {
  // Vite says so of styles that go with a file.
  expectedErrors.push(/preload/i);
  const lost = /\/(?:care-panel|tree-panel|model-dialog)[^/]*\.js$/;
  await context.route(lost, (route) => route.abort());
  const page = await openTab();
  await send(page, 'hello', 1);

  const alert = (text: string) => page.getByRole('alert').filter({ hasText: text });
  await expect(alert('The tree cannot be loaded')).toBeVisible();
  await button(page, 'Your data').click();
  await expect(alert('your data cannot be loaded')).toBeVisible();
  // All else goes on.
  await send(page, 'and on', 2);

  await context.unroute(lost);
  await alert('The tree').getByRole('button', { name: 'Try again' }).click();
  await expect(snapshots(page)).toHaveCount(2);
  await alert('your data').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
