import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, dialogOf, draft, enter, hub, openGround, orderRow, PIN, place, saidIn, sign, submit } from './ground.ts'; // prettier-ignore

const versionsOf = (orderId: string) =>
  hub.ctx.db
    .selectFrom('signedReport')
    .select(['number', 'kind', 'state', 'reason', 'content'])
    .where('orderId', '=', orderId)
    .orderBy('number')
    .execute();
const pick = async (page: Page, words: string) => {
  await dialogOf(page).getByRole('combobox').first().click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: words }).click(); // prettier-ignore
};
const status = (page: Page, words: string) =>
  page.locator('.hub-strip .hub-status').filter({ hasText: words }).waitFor();
const more = async (page: Page, act: string) => {
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('menuitem', { name: act }).click();
  await dialogOf(page).waitFor();
};

/** There are no images here: the reader says how he saw them. */
async function goOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: '说明原因后继续' }).click();
  await page.getByLabel('原因').click();
  await page.locator('.ant-select-item-option').filter({ hasText: '已在其他工作站' }).click();
  await page.getByRole('button', { name: '记录', exact: true }).click();
}

describe.skipIf(!able)('a submitted report (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('radiologist2', '/account');
  });
  const open = async (id: string) => {
    await page.goto(`${hub.url}/orders/${id}`);
    await page.locator('#report-findings').waitFor();
  };

  test('is not the writer’s to sign', async () => {
    const { id } = await place();
    await submit(id);
    const writer = await enter('radiologist1', `/orders/${id}`);
    await writer.locator('#report-findings').waitFor();
    expect(await writer.getByRole('button', { name: '签发', exact: true }).count()).toBe(0);
    expect(await writer.getByRole('button', { name: '打回' }).count()).toBe(0);
    await writer.keyboard.press('Control+Shift+Enter');
    expect(await writer.locator('.ant-modal').count()).toBe(0);
    await writer.context().close();
  });

  test('is sent back with a coded reason; the writer reads it and, later, what the verifier changed', async () => {
    const { id } = await place();
    await submit(id, { findings: '双肺清晰，未见结节' });
    await open(id);
    await page.locator('#report-findings').fill('双肺清晰，右肺见小结节');
    await page.locator('.hub-saved[data-saving=idle]').filter({ hasText: '已保存' }).waitFor();
    await page.getByRole('button', { name: '打回' }).click();
    await dialogOf(page).getByText('报告将打回给 陈思远').waitFor();
    await dialogOf(page).getByRole('button', { name: '打回' }).click();
    await page.getByText('请选择原因').waitFor();
    await pick(page, '其他（请说明）');
    await dialogOf(page).getByRole('button', { name: '打回' }).click();
    await page.getByText('请填写说明').waitFor();
    expect(await orderRow(id)).toMatchObject({ status: 'preliminary' });
    await pick(page, '诊断意见不当');
    await dialogOf(page).locator('textarea').fill('请描述结节');
    await dialogOf(page).getByRole('button', { name: '打回' }).click();
    await status(page, '书写中');
    const writer = await enter('radiologist1', `/orders/${id}`);
    await writer.getByText('已被打回：诊断意见不当：请描述结节').waitFor();
    expect(await writer.locator('#report-findings').inputValue()).toBe('双肺清晰，右肺见小结节');
    const diff = writer.locator('details.hub-diff');
    await diff.getByText('查看审核医师的修改').click();
    await diff.locator('del').first().waitFor();
    expect((await diff.locator('ins').allInnerTexts()).join('')).toContain('右肺');
    await writer.context().close();
  });

  test('is signed in one dialog: whose, what, conclusion; a wrong PIN signs nothing and is forgotten on closing', async () => {
    const { id, accessionNumber } = await place({ patient: { name: '签发之人', sex: 'F', birthDate: '1990-02-03', identifiers: [{ type: 'mrn', value: 'SIGN1' }] } }); // prettier-ignore
    await submit(id, { impression: '右侧第 4 肋骨骨折', positive: true, critical: true });
    await open(id);
    await page.keyboard.press('Control+Shift+Enter');
    await saidIn(page, '本申请单没有影像，不能提交和签发。');
    await goOn(page);
    await page.keyboard.press('Control+Shift+Enter');
    const dialog = dialogOf(page);
    for (const words of [
      '签发之人 · 女',
      accessionNumber,
      '右侧第 4 肋骨骨折',
      '是，危急值',
      '签发后内容不可修改',
    ])
      await dialog.getByText(words).first().waitFor();
    await dialog.getByText('报告标为危急值，尚未发起危急值通知').waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByText('请输入签名密码').waitFor();
    await dialog.getByLabel('签名密码').fill('111222');
    await page.keyboard.press('Enter');
    const refusal = dialog.locator('.ant-alert-error').filter({ hasText: '密码' });
    await refusal.waitFor();
    expect(await dialog.getByLabel('签名密码').inputValue()).toBe('');
    expect(await versionsOf(id)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const foot = page.locator('.hub-report-foot');
    await foot.getByRole('button', { name: '签发', exact: true }).click();
    await dialog.getByLabel('签名密码').waitFor();
    expect(await refusal.count()).toBe(0); // of another attempt
    await page.keyboard.press('Escape');
    const client = await hub.as('radiologist2');
    const raised = await client.post(`/api/orders/${id}/critical`, { tier: 'critical', finding: '肋骨骨折' });
    expect(raised.status, JSON.stringify(raised.body)).toBeLessThan(300);
    await foot.getByRole('button', { name: '签发', exact: true }).click();
    await dialog.getByLabel('签名密码').fill(PIN);
    await dialog.getByRole('button', { name: '签发', exact: true }).click();
    await status(page, '已签发');
    expect(await versionsOf(id)).toMatchObject([
      { number: 1, kind: 'final', state: 'valid', content: { impression: '右侧第 4 肋骨骨折' } },
    ]);
    const pdf = page.locator('.hub-versions a').first();
    expect(await pdf.getAttribute('href')).toBe(`/api/orders/${id}/report.pdf?number=1`);
    expect(await page.locator('#report-findings').isDisabled()).toBe(true);
  });

  test('five wrong PINs lock signing and say until when', async () => {
    const { id } = await place();
    await submit(id);
    const head = await enter('head1', `/orders/${id}`);
    await goOn(head);
    await head.getByRole('button', { name: '签发', exact: true }).click();
    const dialog = dialogOf(head);
    for (let times = 0; times < 5; times += 1) {
      const answered = head.waitForResponse((each) => each.url().endsWith('/report/sign'));
      await dialog.getByLabel('签名密码').fill(`11122${times}`);
      await head.keyboard.press('Enter');
      await answered;
    }
    await dialog.getByLabel('签名密码').fill(PIN);
    await head.keyboard.press('Enter');
    await dialog
      .locator('.ant-alert-error')
      .filter({ hasText: /锁定.*\d\d:\d\d/ })
      .waitFor();
    expect(await versionsOf(id)).toEqual([]);
    await head.goto(`${hub.url}/account`);
    await head.getByText(/签名已锁定至 \d{4}-\d\d-\d\d \d\d:\d\d/).waitFor();
    await head.context().close();
  });

  test('signed, it gets an addendum, a correction and is voided, each with reason and PIN; the site reads what holds', async () => {
    const { id } = await place();
    await sign(id);
    expect((await (await hub.as('doctor1')).get(`/api/orders/${id}/report.pdf`)).status).toBe(200);
    await open(id);
    const dialog = dialogOf(page);
    const act = (name: string) => dialog.getByRole('button', { name, exact: true }).click();

    await more(page, '补充报告');
    await act('补充报告');
    for (const words of ['请选择原因', '请填写内容', '请输入签名密码'])
      await dialog.getByText(words).waitFor();
    await pick(page, '与既往检查对比');
    await dialog.locator('textarea').fill('与 2025 年相仿');
    await dialog.getByLabel('签名密码').fill('111222');
    await act('补充报告');
    const refusal = dialog.locator('.ant-alert-error').filter({ hasText: '密码' });
    await refusal.waitFor();
    expect(await versionsOf(id)).toHaveLength(1);
    await dialog.getByLabel('签名密码').fill(PIN);
    await act('补充报告');
    await expect.poll(async () => (await versionsOf(id)).length).toBe(2);
    await dialog.waitFor({ state: 'hidden' });

    await more(page, '更正报告');
    expect(await refusal.count()).toBe(0); // of the act before
    await dialog.getByText('的原报告将被更正报告替代').waitFor();
    await pick(page, '左右或部位有误');
    const texts = dialog.locator('textarea');
    expect(await texts.first().inputValue()).toBe('双肺清晰');
    await texts.nth(1).fill('左肺下叶炎症');
    await dialog.getByLabel('阳性').check();
    await dialog.getByLabel('签名密码').fill(PIN);
    await page.keyboard.press('Enter');
    await status(page, '已更正');
    const site = await enter('doctor1', `/orders/${id}`);
    await site.getByText('此报告已更正：左右或部位有误').waitFor();
    await site.locator('.hub-result-text').getByText('左肺下叶炎症').waitFor();
    await site.getByText('与 2025 年相仿').waitFor();
    await site.getByRole('button', { name: /^通知 [1-9]\d* 条$/ }).click();
    await site.locator('.hub-notices').getByText('的报告已更正').first().waitFor();
    await site.keyboard.press('Escape'); // the drawer, not the case
    await site.locator('.hub-notices').waitFor({ state: 'hidden' });
    expect(new URL(site.url()).pathname).toBe(`/orders/${id}`);

    await more(page, '作废报告');
    await dialog.getByText('此操作不可撤销').waitFor();
    await pick(page, '患者错误');
    await dialog.getByLabel('签名密码').fill(PIN);
    await act('作废报告');
    await status(page, '已作废');
    await site.getByText('此报告已作废：患者错误').waitFor(); // without a reload
    expect(await versionsOf(id)).toMatchObject([
      { kind: 'final', state: 'void' },
      { kind: 'addendum', reason: '与既往检查对比' },
      { kind: 'correction', reason: '左右或部位有误', content: { positive: true } },
      { kind: 'void', reason: '患者错误' },
    ]);
    await site.context().close();
  });

  test('a writer amends nothing: the acts are not offered and the hub refuses them', async () => {
    const { id } = await place();
    await sign(id);
    const writer = await enter('radiologist1', `/orders/${id}`);
    await writer.locator('.hub-versions').waitFor();
    expect(await writer.getByRole('button', { name: '更多' }).count()).toBe(0);
    const client = await hub.as('radiologist1');
    const refused = await client.post(`/api/orders/${id}/report/void`, { reason: '重复', pin: PIN });
    expect(refused.status).toBe(403);
    expect(await versionsOf(id)).toMatchObject([{ kind: 'final', state: 'valid' }]);
    await writer.context().close();
  });

  test('the next case comes by key; when nothing waits any more the list does', async () => {
    const [first, second] = [await place(), await place()];
    await hub.ctx.db
      .updateTable('orders')
      .set({ status: 'cancelled' })
      .where('id', 'not in', [first.id, second.id])
      .execute();
    await draft(first.id, {}, 'radiologist1');
    await (await hub.as('radiologist1')).post(`/api/orders/${second.id}/accept`);
    await open(first.id);
    await page.keyboard.press('Alt+n');
    await page.locator(`.hub-strip[data-order="${second.id}"]`).waitFor();
    await page.locator('.hub-report-foot').waitFor();
    await page.keyboard.press('Alt+n');
    await page.waitForURL('**/imaging');
    await saidIn(page, '没有待处理的申请');
  });
});
