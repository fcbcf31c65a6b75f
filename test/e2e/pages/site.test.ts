import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, auditOf, dialogOf, draft, enter, failsAndComesBack, hub, openGround, orderRow, place, saidIn, sign, placeUnconscious } from './ground.ts'; // prettier-ignore

const person = (name: string) => ({
  name,
  sex: 'F',
  birthDate: '1990-02-03',
  identifiers: [{ type: 'mrn', value: `SITE-${name}` }],
});
const pick = async (page: Page, words: string) => {
  await dialogOf(page).getByRole('combobox').first().click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: words }).click(); // prettier-ignore
};
const status = (page: Page, words: string) =>
  page.locator('.hub-strip .hub-status').filter({ hasText: words }).waitFor();
const section = (page: Page, name: string) => page.getByRole('region', { name });

describe.skipIf(!able)('the site of a patient (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('doctor1', '/home');
  });

  test('begins the day with what needs an answer, what came back and what is under way; each empty says so', async () => {
    await section(page, '需要处理').getByText('没有被退回或等待决定的申请。').waitFor();
    await section(page, '新结果，待阅读确认').getByText('没有未读的结果。').waitFor();
    await section(page, '进行中').getByText('没有进行中的申请。').waitFor();
    const order = await place({ patient: person('晨间') });
    await section(page, '进行中').getByRole('link', { name: '晨间' }).waitFor(); // without a reload
    await sign(order.id);
    await section(page, '新结果，待阅读确认').getByRole('link', { name: '晨间' }).waitFor();
    await failsAndComesBack(page, /^\/api\/orders\?status=awaiting/, 'section[aria-label="需要处理"] p');
    await section(page, '新结果，待阅读确认').getByRole('link', { name: '晨间' }).click();
    await page.waitForURL(`**/orders/${order.id}`);
    await page.getByRole('button', { name: '阅读确认' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await status(page, '已阅读');
    expect(await orderRow(order.id)).toMatchObject({ status: 'acknowledged' });
    await page.getByRole('button', { name: '记录已告知患者' }).click();
    await dialogOf(page).getByLabel('告知人').fill('');
    await dialogOf(page).getByRole('button', { name: '确定' }).click();
    await page.getByText('请填写告知人').waitFor();
    await dialogOf(page).getByLabel('告知人').fill('郑国华');
    await pick(page, '电话');
    await dialogOf(page).getByRole('button', { name: '确定' }).click();
    await page.locator('.hub-timeline').getByText('已告知患者').waitFor();
  });

  test('a request that the centre sends back says why, and goes on when the site has sent anew', async () => {
    const order = await place({ patient: person('退回者') });
    await draft(order.id);
    const reader = await enter('radiologist1', `/orders/${order.id}`);
    await reader.getByRole('button', { name: '更多' }).click();
    await reader.getByRole('menuitem', { name: '退回申请' }).click();
    await pick(reader, '图像质量不合格');
    await dialogOf(reader).locator('textarea').fill('呼吸运动伪影');
    await dialogOf(reader).getByRole('button', { name: '退回申请' }).click();
    await status(reader, '已退回');
    await page.goto(`${hub.url}/orders/${order.id}`);
    const notice = page.locator('.ant-alert-warning').filter({ hasText: '已退回：图像质量不合格' });
    await notice.filter({ hasText: /呼吸运动伪影[\s\S]*陈思远[\s\S]*请重新采集并发送影像/ }).waitFor();
    await page.goto(`${hub.url}/home`);
    await section(page, '需要处理').getByRole('link', { name: '退回者' }).waitFor();
    await reader.getByRole('button', { name: '核收' }).click();
    await status(reader, '待领取');
    expect(await orderRow(order.id)).toMatchObject({ status: 'received' });
    await reader.context().close();
  });

  test('withdraws its own request with a coded reason; a technician and another site cannot', async () => {
    const order = await place({ patient: person('撤销者') });
    const technician = await enter('tech1', `/orders/${order.id}`);
    await technician.locator('.hub-strip').waitFor();
    expect(await technician.getByRole('button', { name: '撤销申请' }).count()).toBe(0);
    await technician.context().close();
    const elsewhere = await enter('doctor2', `/orders/${order.id}`);
    await elsewhere.locator('.hub-state[role=alert]').filter({ hasText: '没有找到' }).waitFor();
    await elsewhere.context().close();
    await page.goto(`${hub.url}/orders/${order.id}`);
    await page.getByRole('button', { name: '撤销申请' }).click();
    await dialogOf(page).getByText(`将撤销 撤销者 的申请 ${order.accessionNumber}`).waitFor();
    await dialogOf(page).getByRole('button', { name: '撤销申请' }).click();
    await page.getByText('请选择原因').waitFor();
    expect((await orderRow(order.id)).status).not.toBe('cancelled');
    await pick(page, '患者拒绝');
    await dialogOf(page).getByRole('button', { name: '撤销申请' }).click();
    await status(page, '已取消');
    expect((await auditOf(order.id)).map((row) => row.action)).toContain('order.cancel');
    expect(await page.getByRole('button', { name: '撤销申请' }).count()).toBe(0);
  });

  test('reads every step with who and how long, or hides the steps and finds them hidden again', async () => {
    const order = await place({ patient: person('时间轴') });
    await sign(order.id);
    await page.goto(`${hub.url}/orders/${order.id}`);
    const steps = page.locator('.hub-timeline li');
    await expect.poll(() => steps.count()).toBeGreaterThan(3);
    expect(await steps.filter({ hasText: '签发' }).last().innerText()).toMatch(/\d\d:\d\d[\s\S]*林静/);
    await page.locator('.hub-clocks li').first().waitFor();
    await page.keyboard.press('Alt+t');
    await steps.first().waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('.hub-strip').waitFor();
    expect(await steps.count()).toBe(0);
    await page.getByRole('button', { name: '时间轴' }).click();
    await steps.first().waitFor();
    await failsAndComesBack(page, `/api/orders/${order.id}/timeline`, '.hub-timeline li');
  });

  test('refers a patient with a term and a reason: the other site finds results at once, and no longer after the end', async () => {
    const order = await place({ patient: person('转诊者') });
    await sign(order.id);
    const other = await enter('clinician1', '/referrals');
    await other.getByText('没有转入的患者。').waitFor();
    const seen = async () => (await (await hub.as('clinician1')).get(`/api/orders/${order.id}`)).status;
    expect(await seen()).toBe(404);
    await page.goto(`${hub.url}/orders/${order.id}`);
    await page.getByRole('button', { name: '转诊', exact: true }).click();
    await dialogOf(page).getByRole('button', { name: '转诊', exact: true }).click();
    await page.getByText('请填写', { exact: true }).first().waitFor();
    await pick(page, '青禾县人民医院');
    await dialogOf(page).locator('textarea').fill('颅内出血待排');
    await dialogOf(page).getByRole('button', { name: '转诊', exact: true }).click();
    await saidIn(page, '已转诊');
    await other.reload();
    const row = other.locator('tr.ant-table-row').filter({ hasText: '转诊者' });
    await row.filter({ hasText: /柳河[\s\S]*颅内出血待排[\s\S]*郑国华/ }).waitFor();
    expect(await seen()).toBe(200);
    await page.goto(`${hub.url}/referrals?direction=out`);
    await page.getByRole('button', { name: '结束' }).click();
    await page.getByText('结束后，接收机构不能再查阅该患者的结果。').waitFor();
    await page.locator('.ant-popover:visible .ant-btn-primary').click();
    await page.getByText('没有转出的患者。').waitFor();
    expect(await seen()).toBe(404);
    await page.getByText('全部', { exact: true }).click();
    await page
      .locator('tr.ant-table-row')
      .filter({ hasText: /转诊者[\s\S]*已结束 \d{4}/ })
      .waitFor();
    await failsAndComesBack(page, '/api/referrals', 'tr.ant-table-row');
    await other.context().close();
  });

  test('its orders are found by state, centre and name; the row in hand stays when a newer one arrives', async () => {
    await page.goto(`${hub.url}/orders`);
    const rows = page.locator('tr.ant-table-row');
    const older = rows.filter({ hasText: '撤销者' });
    await older.click();
    await older.and(page.locator('.ant-table-row-selected')).waitFor();
    await place({ patient: person('更新者') });
    await rows.filter({ hasText: '更新者' }).waitFor();
    expect(await page.locator('.ant-table-row-selected').innerText()).toContain('撤销者');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/orders/*-*');
    await page.locator('.hub-strip-name').filter({ hasText: '撤销者' }).waitFor();
    await page.goto(`${hub.url}/orders?status=cancelled`);
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('searchbox', { name: '姓名 / 检查号 / 证件号' }).fill('晨间');
    await page.keyboard.press('Enter');
    await page.getByText('没有符合筛选条件的申请，请放宽条件。').waitFor();
    await page.goto(`${hub.url}/orders?q=晨间&status=acknowledged`);
    await expect.poll(() => rows.count()).toBe(1);
    await failsAndComesBack(page, '/api/orders', 'tr.ant-table-row');
  });

  test('one search finds by name, pinyin and number; a wrong one says how to search', async () => {
    const order = await place({ patient: person('欧阳寻') });
    for (const words of ['欧阳寻', 'ouyangxun', order.accessionNumber]) {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(words);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/search?q=${encodeURIComponent(words)}`);
      await page.locator('.hub-hits').getByRole('link', { name: '欧阳寻' }).waitFor();
      await page.keyboard.press('Control+k');
    }
    await page.goto(`${hub.url}/search?q=查无此人`);
    await page.getByText('没有找到与“查无此人”相符的申请').waitFor();
    await page.goto(`${hub.url}/search`);
    await page.getByText('输入姓名、拼音、检查号、申请单号、证件号或条码。').waitFor();
    await page.context().close();
  });

  test('a clinician elsewhere opens the record of an emergency by card and reason, and it is on record', async () => {
    const card = await placeUnconscious();
    const other = await enter('doctor2', `/search?q=${card}`);
    await other.getByText('没有找到与').waitFor();
    await other.getByRole('button', { name: '紧急查阅' }).click();
    const dialog = dialogOf(other);
    await dialog.getByText('此操作记入审计，三日内由专人复核').waitFor();
    expect(await dialog.locator('#idCard').inputValue()).toBe(card); // what was searched for
    await dialog.locator('#idCard').fill('320681196803152118');
    await dialog.getByRole('button', { name: '打开病历' }).click();
    await dialog.getByText('身份证号校验位不符，请核对').waitFor();
    await dialog.getByText('请写明紧急查阅的原因').waitFor();
    expect(await hub.ctx.db.selectFrom('accessGrant').select('id').where('kind', '=', 'break-glass').execute()).toEqual([]); // prettier-ignore
    await dialog.locator('#idCard').fill(card);
    await dialog.locator('textarea').fill('患者昏迷，急诊抢救');
    await dialog.getByRole('button', { name: '打开病历' }).click();
    await other.locator('.hub-hits').getByRole('link', { name: '昏迷者' }).waitFor();
    const [grant] = await hub.ctx.db
      .selectFrom('accessGrant')
      .select(['reason', 'kind'])
      .where('kind', '=', 'break-glass')
      .execute();
    expect(grant).toMatchObject({ reason: '患者昏迷，急诊抢救' });
    await other.context().close();
  });
});
