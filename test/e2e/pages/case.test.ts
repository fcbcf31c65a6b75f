import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { stow } from '../../integrations/dicomweb/client.ts';
import { phantom } from '../phantom.ts';
import { able, auditOf, dialogOf, enter, hub, openGround, orderRow, place, sign, whileBroken } from './ground.ts'; // prettier-ignore

const PERSON = {
  name: '病例之人',
  sex: 'F',
  birthDate: '1990-02-03',
  identifiers: [{ type: 'mrn', value: 'CASE1' }],
};
const images = (accessionNumber: string) =>
  phantom({
    accessionNumber,
    patientName: PERSON.name,
    patientId: 'CASE1',
    sex: 'F',
    birthDate: PERSON.birthDate,
    modality: 'DX',
    slices: 1,
  });
/** Studies that stand under an order now. */
const studiesOf = (orderId: string) =>
  hub.ctx.db
    .selectFrom('studyOrder')
    .select('studyId')
    .where('orderId', '=', orderId)
    .where('undoneAt', 'is', null)
    .execute();

describe.skipIf(!able)('one case (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('doctor1', '/account');
  });
  const strip = () => page.locator('.hub-strip');
  const pick = async (at: Page, words: string) => {
    await dialogOf(at).getByRole('combobox').last().click();
    await at.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: words }).first().click(); // prettier-ignore
  };

  test('tells whose it is in the strip and in the title, and what was asked for and why', async () => {
    const order = await place({
      patient: PERSON,
      priority: 'urgent',
      flags: ['chest-pain'],
      clinicalInfo: '胸痛二小时\n伴大汗',
      placerOrderNumber: 'HIS-77',
    });
    await page.goto(`${hub.url}/orders/${order.id}`);
    await strip()
      .filter({ hasText: /病例之人[\s\S]*女[\s\S]*\d+岁[\s\S]*加急[\s\S]*胸痛/ })
      .waitFor();
    expect(await strip().innerText()).toContain(order.accessionNumber);
    expect(await strip().innerText()).not.toContain('CASE1'); // masked
    await expect.poll(() => page.title()).toMatch(/^病例之人 · /);
    await page.getByRole('tab', { name: '申请信息' }).click();
    const facts = page.locator('.ant-descriptions').last();
    await facts
      .filter({ hasText: /胸痛二小时\n?[\s\S]*伴大汗[\s\S]*郑国华[\s\S]*HIS-77[\s\S]*本人/ })
      .waitFor();
    await page.getByRole('tab', { name: '诊断报告' }).click();
    await page.getByText('报告尚未签发。签发后会显示在这里并通知您。').waitFor();
    await page.goto(`${hub.url}/orders`);
    await expect.poll(() => page.title()).not.toContain('病例之人');
  });

  test('two cases in a row never mix: the strip is of the case of the address', async () => {
    const [one, two] = [
      await place({ patient: { ...PERSON, name: '其一', identifiers: [{ type: 'mrn', value: 'ONE' }] } }),
      await place({ patient: { ...PERSON, name: '其二', identifiers: [{ type: 'mrn', value: 'TWO' }] } }),
    ];
    await page.goto(`${hub.url}/orders/${one.id}`);
    await strip().filter({ hasText: '其一' }).waitFor();
    await page.goto(`${hub.url}/orders/${two.id}`);
    await strip().filter({ hasText: '其二' }).waitFor();
    await page.goBack();
    await page.locator(`.hub-strip[data-order="${one.id}"]`).filter({ hasText: '其一' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('其二');
    await whileBroken(page, `/api/orders/${two.id}`, 500, async () => {
      await page.goForward();
      await page.locator('.hub-state[role=alert]').waitFor();
      expect(await page.locator('body').innerText()).not.toContain('其一'); // not the case before
    });
  });

  test('a protected person is his doctor’s alone from then on, until that is taken back; each with a reason', async () => {
    const order = await place({
      patient: { ...PERSON, name: '受护者', identifiers: [{ type: 'mrn', value: 'PROT' }] },
    });
    await sign(order.id);
    const colleague = async () => (await (await hub.as('nurse1')).get(`/api/orders/${order.id}`)).status;
    expect(await colleague()).toBe(200);
    await page.goto(`${hub.url}/orders/${order.id}`);
    await page.getByRole('button', { name: '设为受保护人员' }).click();
    await dialogOf(page).getByText('受护者 的结果今后在申请机构仅申请医生可见').waitFor();
    await dialogOf(page).getByRole('button', { name: '设为受保护人员' }).click();
    await dialogOf(page).getByText('请填写说明').waitFor();
    await dialogOf(page).locator('textarea').fill('本院职工');
    await dialogOf(page).getByRole('button', { name: '设为受保护人员' }).click();
    await strip().getByText('受保护人员', { exact: true }).first().waitFor();
    expect(await colleague()).not.toBe(200);
    const audited = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', 'like', 'patient.protect%')
      .execute();
    expect(JSON.stringify(audited)).toContain('本院职工');
    await page.getByRole('button', { name: '解除保护' }).click();
    await dialogOf(page).locator('textarea').fill('已离职');
    await dialogOf(page).getByRole('button', { name: '解除保护' }).click();
    await page.getByRole('button', { name: '设为受保护人员' }).waitFor();
    expect(await colleague()).toBe(200);
  });

  test('images of another person are taken off the case by who joins, to another order, with a coded reason', async () => {
    const order = await place({ patient: PERSON });
    const target = await place({ patient: { ...PERSON, name: '真正之人', identifiers: [{ type: 'mrn', value: 'REAL' }] } }); // prettier-ignore
    await stow(hub.url, await hub.as('tech1'), images(order.accessionNumber));
    expect(await studiesOf(order.id)).toHaveLength(1);
    const head = await enter('head1', `/orders/${order.id}`);
    await head.locator('[data-state=shown]').first().waitFor({ timeout: 120_000 });
    const menu = async () => {
      await head.locator('button:has(.anticon-more)').first().click(); // prettier-ignore
      await head.getByRole('menuitem', { name: '拆分影像' }).click();
    };
    await menu();
    const dialog = dialogOf(head);
    await dialog.getByText('所选影像不再属于 病例之人 的这份申请').waitFor();
    await dialog.getByRole('button', { name: '拆分' }).click();
    await dialog.getByText('请选择原因').waitFor();
    await dialog.getByLabel('转入申请').fill(target.accessionNumber);
    await dialog.getByRole('radio', { name: /真正之人/ }).check();
    await pick(head, '其他');
    await dialog.getByRole('button', { name: '拆分' }).click();
    await dialog.getByText('请填写说明').waitFor();
    await pick(head, '影像属于另一名患者');
    await dialog.getByRole('button', { name: '拆分' }).click();
    await expect.poll(() => studiesOf(order.id)).toEqual([]);
    expect(await studiesOf(target.id)).toHaveLength(1);
    await head
      .getByText('此申请没有影像。')
      .or(head.getByText(/尚未|还没有/))
      .first()
      .waitFor();
    expect((await auditOf(order.id)).map((row) => row.action).join(' ')).toContain('split');
    expect((await orderRow(target.id)).status).toBe('received');
    await head.context().close();
    const reader = await enter('radiologist1', `/orders/${target.id}`);
    await reader.locator('[data-state=shown]').first().waitFor({ timeout: 120_000 });
    await reader.locator('button:has(.anticon-more)').first().click();
    expect(await reader.getByRole('menuitem', { name: '拆分影像' }).count()).toBe(0); // not the reader's
    await reader.context().close();
    await page.context().close();
  });
});
