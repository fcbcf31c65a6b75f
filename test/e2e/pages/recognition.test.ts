import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../server/standards/identity/idCard.ts';
import { able, dialogOf, enter, hub, openGround, place, sign } from './ground.ts';

const card = completeIdCard('32062119550606302');
const ordersOf = () =>
  hub.ctx.db
    .selectFrom('orders')
    .innerJoin('patient', 'patient.id', 'orders.patientId')
    .where('patient.name', '=', '互认者')
    .select(['orders.id', 'orders.itemName', 'orders.status'])
    .orderBy('orders.accessionNumber')
    .execute();
const decisions = () =>
  hub.ctx.db
    .selectFrom('recognitionPrompt')
    .select(['decision', 'reason', 'note', 'patientInformed', 'citation', 'itemCode'])
    .where('decidedAt', 'is not', null)
    .orderBy('decidedAt')
    .execute();

describe.skipIf(!able)('an earlier result before a new order (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  let earlier: { id: string; accessionNumber: string };
  const dialog = () => dialogOf(page);
  const fill = async (...codes: string[]) => {
    await page.getByRole('button', { name: '清空' }).click();
    await page.locator('#identifier').fill(card);
    await page.locator('#name').fill('互认者');
    await page.getByText('患者或家属已知情同意').click();
    for (const code of codes) await page.locator('.hub-items').getByText(code).click();
  };
  const submit = () => page.getByRole('button', { name: '提交申请' }).click();

  beforeAll(async () => {
    earlier = await place({
      patient: {
        name: '互认者',
        sex: 'F',
        birthDate: '1955-06-06',
        identifiers: [{ type: 'id-card', value: card }],
      },
    });
    await sign(earlier.id, { impression: '双肺未见活动性病变' });
    page = await enter('doctor2', '/orders/new');
    await page.locator('#identifier').waitFor();
  });

  test('is shown as soon as patient and item are known, with what was found, how long it holds and what a repetition costs', async () => {
    await fill('DR-CHEST');
    const shown = page.locator('form .ant-alert-info').filter({ hasText: '该患者近期已有 1 项结果' });
    await shown.filter({ hasText: /双肺未见活动性病变/ }).waitFor();
    await shown.filter({ hasText: /有效期还剩 \d+ 天 · 重复检查 75\.00 元/ }).waitFor();
    expect(await shown.getByRole('link', { name: new RegExp(earlier.accessionNumber) }).getAttribute('href')).toBe(`/orders/${earlier.id}`); // prettier-ignore
    await page.locator('#identifier').fill(completeIdCard('32062119550606304'));
    await page.locator('#name').click();
    await shown.waitFor({ state: 'detached' }); // of another patient nothing stands
  });

  test('nothing is ordered while it is not decided; closing the window is no decision', async () => {
    await fill('DR-CHEST');
    await submit();
    await dialog().getByText('有 1 项既往结果可以互认').waitFor();
    await dialog().getByRole('button', { name: '按决定提交' }).click();
    await dialog().getByText('请作出决定').waitFor();
    await dialog().getByRole('button', { name: '暂不提交' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(await ordersOf()).toHaveLength(1);
    expect(await decisions()).toEqual([]);
    expect(await page.locator('#name').inputValue()).toBe('互认者');
  });

  test('a repetition needs its reason and who told the patient; the order carries both', async () => {
    await submit();
    await dialog().getByText('仍需重复检查').click();
    await dialog().getByRole('button', { name: '按决定提交' }).click();
    await dialog().getByText('请选择原因').waitFor();
    await dialog().getByRole('combobox').click();
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: '其他（请说明）' }).click(); // prettier-ignore
    await dialog().getByLabel('告知患者的人').fill('');
    await dialog().getByRole('button', { name: '按决定提交' }).click();
    await dialog().getByText('请填写由谁告知患者').waitFor();
    await dialog().getByText('请填写说明').waitFor();
    await dialog().getByLabel('告知患者的人').fill('贺春生');
    await dialog().getByLabel('说明', { exact: true }).fill('咳血三日');
    await dialog().getByRole('button', { name: '按决定提交' }).click();
    await page
      .locator('.ant-alert-success')
      .filter({ hasText: /检查号/ })
      .waitFor();
    expect(await ordersOf()).toHaveLength(2);
    expect(await decisions()).toMatchObject([
      { decision: 'repeat', reason: 'other', note: '咳血三日', patientInformed: { by: '贺春生' } },
    ]);
    await page.locator('.ant-alert-success').getByRole('button', { name: /^查看/ }).click();
    const decided = page.getByRole('region', { name: '互认决定' });
    await decided.filter({ hasText: /重复检查[\s\S]*贺春生[\s\S]*咳血三日[\s\S]*已告知患者（贺春生）/ }).waitFor(); // prettier-ignore
    await page.goto(`${hub.url}/orders/new`);
  });

  test('an adopted result is cited instead of an order; what is not covered is ordered', async () => {
    await page.locator('#identifier').waitFor();
    await fill('DR-CHEST', 'CT-HEAD');
    await submit();
    await dialog().getByText('采用既往结果，并引用到病历').first().click();
    await dialog().getByRole('button', { name: '按决定提交' }).click();
    const placed = page.locator('.ant-alert-success');
    await placed.filter({ hasText: /头颅 CT/ }).waitFor();
    await placed.filter({ hasText: /双肺未见活动性病变|胸部 DR/ }).waitFor(); // the citation, to be copied
    expect((await ordersOf()).map((row) => row.itemName).filter((name) => name.includes('CT'))).toHaveLength(1); // prettier-ignore
    const [, adopted] = await decisions();
    expect(adopted).toMatchObject({ decision: 'adopt', itemCode: 'DR-CHEST' });
    expect(adopted?.citation).toContain(earlier.accessionNumber);
  });

  test('all adopted: nothing is ordered, and the page says so', async () => {
    const before = (await ordersOf()).length;
    await fill('DR-CHEST');
    await submit();
    await dialog().getByText('采用既往结果，并引用到病历').first().click();
    await dialog().getByRole('button', { name: '按决定提交' }).click();
    await page.locator('.ant-alert-success').filter({ hasText: '全部采用既往结果，未新开检查' }).waitFor();
    expect(await ordersOf()).toHaveLength(before);
    await page.context().close();
  });
});
