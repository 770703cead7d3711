import { button, expect, type Page } from './fixture.js';

export const picker = (page: Page) => page.getByRole('button', { name: /^Model: / });

export async function openModels(page: Page): Promise<void> {
  await picker(page).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
}

/** What is entered for an endpoint. */
interface Added {
  baseUrl: string;
  model?: string;
  name?: string;
  apiKey?: string;
  passphrase?: string;
}

export async function fillIn(
  page: Page,
  { baseUrl, model = 'test-1', name = 'Tester', apiKey, passphrase }: Added,
) {
  await page.getByLabel('Base URL').fill(baseUrl);
  await page.getByLabel('Model', { exact: true }).fill(model);
  await page.getByLabel('Name').fill(name);
  if (apiKey !== undefined) await page.getByLabel('API key', { exact: true }).fill(apiKey);
  if (passphrase === undefined) return;
  await page.getByLabel('Keep the key on this device').check();
  await page.getByLabel('A new passphrase').fill(passphrase);
}

export async function add(page: Page, added: Added): Promise<void> {
  await openModels(page);
  await button(page, 'Add a model').click();
  await fillIn(page, added);
  await button(page, 'Save').click();
  await expect(page.getByRole('radio', { name: added.name ?? 'Tester' })).toBeChecked();
  await button(page, 'Close').click();
}
