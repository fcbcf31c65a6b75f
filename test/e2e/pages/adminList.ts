import type { Page } from 'playwright-core';
import { dialogOf, hub } from './ground.ts';

/** A row of a list by any words in it. */
export const rowOf = (page: Page, words: string | RegExp) =>
  page.locator('tr.ant-table-row').filter({ hasText: words });

/** What a row of the list offers, by its words. */
export const act = (page: Page, words: string | RegExp, name: string) =>
  rowOf(page, words).first().getByRole('button', { name, exact: true }).click();

/** Opens the dialog that adds one. */
export async function add(page: Page, name = '新增'): Promise<void> {
  await page.locator('.hub-admin-list').getByRole('button', { name, exact: true }).click();
  await dialogOf(page).waitFor();
}

/** Saves the open dialog; `closes` false where a refusal is expected. */
export async function save(page: Page, closes = true): Promise<void> {
  await dialogOf(page).locator('.ant-modal-footer .ant-btn-primary').click();
  if (closes) await dialogOf(page).waitFor({ state: 'hidden' });
}

/** Words under a field or over the buttons of the open dialog. */
export const told = (page: Page, words: string | RegExp) => dialogOf(page).getByText(words).first().waitFor();

export const fill = (page: Page, field: string, value: string) =>
  dialogOf(page).locator(`#${field}`).fill(value);

/** Chooses in the open dialog; `typed` narrows a long list first. */
export async function choose(page: Page, field: string, choice: string, typed = ''): Promise<void> {
  const input = dialogOf(page).locator(`#${field}`);
  await input.click();
  if (typed) await input.fill(typed);
  await page
    .locator('.ant-select-dropdown:visible .ant-select-item-option')
    .filter({ hasText: choice })
    .first()
    .click();
}

/** Answers the question that stands at a button. */
export const yes = (page: Page) => page.locator('.ant-popover:visible .ant-btn-primary').click();

export const institution = (code: string) =>
  hub.ctx.db.selectFrom('institution').selectAll().where('code', '=', code).executeTakeFirst();
