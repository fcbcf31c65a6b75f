import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../server/standards/identity/idCard.ts';
import { able, enter, hub, openGround, orderRow, whileBroken } from './ground.ts';

const requestsOf = (name: string) =>
  hub.ctx.db
    .selectFrom('orders')
    .innerJoin('patient', 'patient.id', 'orders.patientId')
    .where('patient.name', '=', name)
    .select(['orders.id', 'orders.requestId', 'orders.itemName', 'patient.id as patientId'])
    .orderBy('orders.accessionNumber')
    .execute();

/** What a card reader in keyboard-wedge mode types, faster than any hand. */
const scan = (page: Page, code: string) =>
  page.evaluate(`for (const key of ${JSON.stringify([...code, 'Enter'])})
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`);

const fault = (page: Page, words: string) => page.locator('.ant-form-item-explain-error').filter({ hasText: words }); // prettier-ignore
const place = (page: Page) => page.getByRole('button', { name: '提交申请' }).click();

describe.skipIf(!able)('a new request (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  const value = (id: string) => page.locator(`#${id}`).inputValue();
  beforeAll(async () => {
    page = await enter('doctor1', '/orders/new');
    await page.locator('#identifier').waitFor();
  });

  const fillStranger = async (name: string, card: string) => {
    await page.getByRole('button', { name: '清空' }).click();
    await page.locator('#identifier').fill(card);
    await page.locator('#name').fill(name);
    await page.getByText('患者或家属已知情同意').click();
    await page.getByText('DR-CHEST').click();
  };

  test('sent empty, it says at each field what is missing and orders nothing', async () => {
    await place(page);
    for (const words of [
      '请输入证件号码，或勾选无名氏',
      '请输入姓名',
      '请选择性别',
      '请输入出生日期',
      '请选择：已取得同意，或紧急情况',
      '请至少选择一个项目',
    ])
      // prettier-ignore
      await fault(page, words).waitFor();
    expect(await hub.ctx.db.selectFrom('orders').select('id').execute()).toEqual([]);
  });

  test('what contradicts the card is told at its field; eight digits become a date', async () => {
    await page.locator('#identifier').fill(completeIdCard('32062119720518108'));
    await page.locator('#identifier').press('Enter');
    expect(await value('birthDate')).toBe('1972-05-18');
    await page.locator('#birthDate').fill('19720519');
    expect(await value('birthDate')).toBe('1972-05-19');
    await page.locator('#birthDate').blur();
    await fault(page, '与身份证不符：身份证为 1972-05-18').waitFor();
    await page.getByLabel('男', { exact: true }).check(); // an even number before the check digit is a woman's
    await fault(page, '与身份证不符').nth(1).waitFor();
    await page.locator('#phone').fill('no phone');
    await page.locator('#phone').blur();
    await fault(page, '请输入电话号码').waitFor();
  });

  test('a card read by a reader fills name, sex and birth date, whatever has the focus', async () => {
    await page.getByRole('button', { name: '清空' }).click();
    await page.locator('h1').click(); // no field
    await scan(page, `王秀英,女,汉,19880704,${completeIdCard('32062119880704204')},江苏省`);
    expect(await value('name')).toBe('王秀英');
    expect(await value('birthDate')).toBe('1988-07-04');
    expect(await value('identifier')).toBe(completeIdCard('32062119880704204'));
    expect(await page.getByLabel('女', { exact: true }).isChecked()).toBe(true);
    await page.locator('#clinicalInfo').focus();
    await scan(page, completeIdCard('32062119450102301'));
    expect(await value('identifier')).toBe(completeIdCard('32062119450102301'));
    await page.locator('h1').click();
    await scan(page, '3206211945010230199'); // a barcode of nineteen digits is no card
    await scan(
      page,
      completeIdCard('32062119450102301').replace(/.$/, (last) => (last === '1' ? '2' : '1')),
    );
    expect(await value('birthDate')).toBe('1945-01-02');
  });

  test('what was typed is there again after a crash; cleared it is gone, by button and by key', async () => {
    await page.locator('#name').fill('未完成');
    await page.reload();
    await expect.poll(() => value('name')).toBe('未完成');
    await page.getByRole('button', { name: '清空' }).click();
    await page.reload();
    await page.locator('#name').waitFor();
    expect(await value('name')).toBe('');
    await page.locator('.hub-order').getByText('心电诊断').click();
    await page.locator('#name').fill('又未完成');
    await page.keyboard.press('Alt+r');
    expect(await value('name')).toBe('');
    expect(await page.getByRole('radio', { name: '心电诊断' }).isChecked()).toBe(true);
    await page.reload();
    await page.locator('#name').waitFor();
    expect(await value('name')).toBe('');
  });

  test('an item is found by its name and taken with Enter; one that nobody offers is told', async () => {
    await page.goto(`${hub.url}/orders/new?center=imaging`);
    const find = page.getByLabel('输入名称或编码查找，回车选中');
    await find.fill('腹部');
    await find.press('Enter');
    const ticked = page.locator('.hub-items input:checked');
    await expect.poll(() => ticked.count()).toBe(1);
    expect(await find.inputValue()).toBe('');
    await find.fill('没有这样的项目');
    expect(await page.locator('.hub-items .ant-checkbox-wrapper').count()).toBe(1); // what is chosen stays in sight
    await ticked.click();
    await page.getByText('没有这个项目。').waitFor();
    await find.fill('');
  });

  test('a line that was lost after the hub took the request makes no second one', async () => {
    const card = completeIdCard('32062119660909003');
    await fillStranger('断线一次', card);
    await page.route('**/api/orders', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    await place(page);
    await page.locator('.ant-alert-error').filter({ hasText: '无法连接共享中心' }).waitFor();
    expect(await requestsOf('断线一次')).toHaveLength(1);
    await page.unroute('**/api/orders');
    await place(page);
    await page
      .locator('.ant-alert-success')
      .filter({ hasText: /检查号 .*I\d{10}/ })
      .waitFor();
    expect(await requestsOf('断线一次')).toHaveLength(1);
    expect(await value('name')).toBe('');
    await page.locator('.ant-alert-success').getByRole('button', { name: /^查看/ }).waitFor();
  });

  test('without consent an emergency says why; the reason stands in the order', async () => {
    await fillStranger('紧急之人', completeIdCard('32062119610101201'));
    await page.getByText('紧急情况，未能取得同意').click();
    await place(page);
    await fault(page, '未取得同意时请填写紧急理由').waitFor();
    await page.locator('#emergencyReason').fill('昏迷，无家属');
    await page.getByText('急诊', { exact: true }).click();
    await page.getByLabel('胸痛').check();
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => requestsOf('紧急之人')).toHaveLength(1);
    const [made] = await requestsOf('紧急之人');
    expect(await orderRow(made?.id ?? '')).toMatchObject({ priority: 'emergency', flags: ['chest-pain'] });
    const request = await hub.ctx.db
      .selectFrom('request')
      .select('remoteConsent')
      .where('id', '=', made?.requestId ?? '')
      .executeTakeFirstOrThrow();
    expect(request.remoteConsent).toMatchObject({ emergencyReason: '昏迷，无家属' });
  });

  test('a nameless patient needs no document and no birth date, and gets an identity for the time', async () => {
    await page.getByRole('button', { name: '清空' }).click();
    await page.getByText('无名氏（无法确认身份，使用临时身份）').click();
    await page.locator('#name').fill('无名氏甲');
    await page.getByLabel('未知', { exact: true }).check();
    await page.getByText('紧急情况，未能取得同意').click();
    await page.locator('#emergencyReason').fill('昏迷');
    await page.getByText('CT-HEAD').click();
    await place(page);
    await expect.poll(() => requestsOf('无名氏甲')).toHaveLength(1);
    const [made] = await requestsOf('无名氏甲');
    const patient = await hub.ctx.db
      .selectFrom('patient')
      .select(['birthDate', 'identity'])
      .where('id', '=', made?.patientId ?? '')
      .executeTakeFirstOrThrow();
    expect(patient).toEqual({ birthDate: null, identity: 'temporary' });
  });

  test('a request that raced another for the same patient is shown it, and goes through when sent again', async () => {
    const card = completeIdCard('32062119700303302');
    const colleague = await hub.as('doctor2');
    await fillStranger('同时两处', card);
    const waiting = async () =>
      (await sql<{ n: number }>`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`.execute(hub.ctx.db)).rows[0]?.n; // prettier-ignore
    let theirs: Promise<{ status: number }> | undefined;
    await hub.ctx.db.transaction().execute(async (trx) => {
      // Both stand at the patient's door before either is let in.
      const door = hub.ctx.keys.lookup(`id-card:${card}`);
      await sql`select pg_advisory_xact_lock(hashtextextended(${door}, 0))`.execute(trx);
      theirs = colleague.post('/api/orders', {
        center: 'imaging',
        items: [{ code: 'DR-CHEST' }],
        priority: 'routine',
        patient: { name: '同时两处', sex: 'F', birthDate: '1970-03-03', identifiers: [{ type: 'id-card', value: card }] }, // prettier-ignore
        remoteConsent: { by: '本人', at: hub.clock.now().toISOString() },
      });
      await expect.poll(waiting).toBe(1);
      await place(page);
      await expect.poll(waiting).toBe(2);
    });
    expect((await theirs)?.status).toBe(201);
    const told = page.locator('.ant-alert-warning').filter({ hasText: '刚刚已有人为该患者申请了同一项目' });
    await told.filter({ hasText: /I\d{10}[\s\S]*贺春生/ }).waitFor();
    expect(await requestsOf('同时两处')).toHaveLength(1);
    await place(page);
    await expect.poll(() => requestsOf('同时两处')).toHaveLength(2);
    expect(await told.count()).toBe(0);
  });

  test('a refusal of the hub is told over the buttons, in words; nothing typed is lost', async () => {
    await fillStranger('尚未出生', completeIdCard('32062119700303302'));
    await page.locator('#birthDate').fill('1970-03-03');
    await place(page);
    const refusal = page.locator('form .ant-alert-error');
    await refusal.waitFor(); // the card belongs to somebody of another name
    expect(await refusal.innerText()).toMatch(/\p{Script=Han}/u);
    expect(await value('name')).toBe('尚未出生');
    await page.getByRole('button', { name: '清空' }).click();
  });

  test('items that cannot be read say so within the form and come back', async () => {
    await whileBroken(page, '/api/catalogue', 500, async () => {
      await page.reload();
      await page.locator('.hub-state[role=alert]').getByText('共享中心暂时无法处理').waitFor();
    });
    await page.locator('.hub-state[role=alert]').getByRole('button').click();
    await page.getByText('DR-CHEST').waitFor();
  });

  test('a sterile supply request knows no patient; a village doctor is not offered one', async () => {
    await page.locator('.hub-order').getByText('消毒供应').click();
    await page.getByText('消毒供应申请不涉及患者。').waitFor();
    expect(await page.locator('#name').count()).toBe(0);
    expect(await page.locator('#consent').count()).toBe(0);
    await page.context().close();
    const village = await enter('village1', '/orders/new', 'en-US');
    await village.getByText('Chest X-ray, PA and lateral').waitFor(); // items are named in the language of the page
    expect(await village.locator('input[type=radio][value=pathology]').count()).toBe(1);
    expect(await village.locator('input[type=radio][value=sterilization]').count()).toBe(0);
    await village.locator('#performingInstitution').click();
    const places = village.locator('.ant-select-dropdown:visible .ant-select-item-option');
    await places.filter({ hasText: '青禾县人民医院' }).waitFor();
    expect(await places.filter({ hasText: '卫生健康局' }).count()).toBe(0); // examines nobody
    await village.context().close();
  });
});
