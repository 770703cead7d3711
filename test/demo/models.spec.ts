import { AxeBuilder } from '@axe-core/playwright';
import { button, expect, send, test, turn } from './fixture.js';
import { add, fillIn, openModels, picker } from './model-dialog.js';
import { say, serveModel } from './model-server.js';

test('the choice survives a reload, is heard in other tabs, and can be taken back', async ({ openTab }) => {
  const server = await serveModel((response) => say(response, 'From the server.'));
  const page = await openTab();
  const other = await openTab();
  await page.bringToFront();
  await add(page, { baseUrl: server.baseUrl });
  await expect(picker(other)).toHaveText('Tester');
  await page.reload();
  await expect(picker(page)).toHaveText('Tester');
  await send(other, 'Hello', 1);
  await expect(turn(other, 1)).toContainText('From the server.');

  await openModels(other);
  await other.getByRole('radio', { name: 'Scripted (offline)' }).check();
  await expect(picker(page)).toHaveText('Scripted (offline)');

  await page.bringToFront();
  await openModels(page);
  await button(page, 'Change Tester').click();
  await page.getByLabel('Name').fill('Renamed');
  await button(page, 'Save').click();
  await page.getByRole('radio', { name: 'Renamed' }).check();
  await expect(picker(page)).toHaveText('Renamed');
  await button(page, 'Remove Renamed').click();
  await expect(page.getByRole('radio', { name: 'Renamed' })).toHaveCount(0);
  await expect(picker(other)).toHaveText('Scripted (offline)');
  await server.close();
});

test('addresses that this page could not ask are refused at once', async ({ openTab }) => {
  const page = await openTab();
  await openModels(page);
  await button(page, 'Add a model').click();
  await fillIn(page, { baseUrl: 'http://models.example/v1' });
  await button(page, 'Save').click();
  await expect(page.getByRole('alert')).toHaveText(
    'Over http this page talks to this computer only. Use https for models.example.',
  );
  await page.getByLabel('Base URL').fill('ftp://models.example');
  await button(page, 'Save').click();
  await expect(page.getByRole('alert')).toContainText('begins with https://');
  await button(page, 'Ollama').click();
  await expect(page.getByLabel('Base URL')).toHaveValue('http://localhost:11434/v1');
  await button(page, 'Save').click();
  await expect(page.getByRole('radio', { name: 'Ollama' })).toBeChecked();
});

test('the dialogs can be used by everybody', async ({ openTab }) => {
  const page = await openTab();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await openModels(page);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await button(page, 'Add a model').click();
    await page.getByLabel('Keep the key on this device').check();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(picker(page)).toBeFocused();
  }
});

test('a record of models that cannot be read costs the choice, not the page', async ({
  context,
  openTab,
}) => {
  await context.addInitScript(() => localStorage.setItem('offshoot-demo-models', '{"chosen": "scr'));
  const page = await openTab();
  await expect(picker(page)).toHaveText('Scripted (offline)');
  await send(page, 'hello', 1);
});
