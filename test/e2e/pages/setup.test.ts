import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { act, add, choose, fill, institution, rowOf, save, told } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, place } from './ground.ts';

const clearChoice = async (page: Page, field: string) => {
  const select = dialogOf(page)
    .locator('.ant-select')
    .filter({ has: page.locator(`#${field}`) });
  await select.hover();
  await select.locator('.ant-select-clear').click();
};
const item = (code: string) =>
  hub.ctx.db.selectFrom('catalogueItem').selectAll().where('code', '=', code).executeTakeFirst();
const rules = () => hub.ctx.db.selectFrom('routingRule').selectAll().execute();

describe.skipIf(!able)('what the county is made of (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('admin1', '/admin/institutions');
    await rowOf(page, 'QHRM').waitFor();
  });
  const go = async (area: string, name: string) => {
    await page.getByRole('menuitem', { name, exact: true }).click();
    await page.waitForURL(`**/admin/${area}`);
  };

  test('an institution is added below another one; its code and credit code are checked', async () => {
    await add(page);
    await fill(page, 'code', 'xinzhen');
    await save(page, false);
    await told(page, '1–32 位大写字母、数字、_ 或 -');
    await fill(page, 'code', 'XINZHEN');
    await fill(page, 'name', '新镇卫生院');
    await fill(page, 'shortName', '新镇');
    await choose(page, 'parentId', '青禾县人民医院', 'QHRM');
    await fill(page, 'creditCode', '123456789012345679');
    await save(page, false);
    await dialogOf(page).locator('.ant-form-item-explain-error').waitFor();
    expect(await institution('XINZHEN')).toBeUndefined();
    await fill(page, 'creditCode', '');
    await fill(page, 'dutyPhone', '0513-5559999');
    await save(page);
    await rowOf(page, 'XINZHEN').filter({ hasText: /新镇卫生院[\s\S]*青禾县人民医院[\s\S]*乡镇卫生院/ }).waitFor(); // prettier-ignore
    expect(await institution('XINZHEN')).toMatchObject({
      parentId: (await institution('QHRM'))?.id,
      kind: 'township',
      creditCode: null,
      dutyPhone: '0513-5559999',
    });
  });

  test('what is taken out of a form is gone: a parent, a telephone', async () => {
    await act(page, 'XINZHEN', '修改');
    expect(await dialogOf(page).locator('#code').isDisabled()).toBe(true);
    await clearChoice(page, 'parentId');
    await fill(page, 'dutyPhone', '');
    await save(page);
    await expect.poll(async () => (await institution('XINZHEN'))?.parentId).toBeNull();
    expect(await institution('XINZHEN')).toMatchObject({ dutyPhone: null, shortName: '新镇' });
  });

  test('an institution does not hang below itself: the hub refuses and the tree stands', async () => {
    const before = (await institution('QHRM'))?.parentId;
    await act(page, 'QHRM', '修改');
    await choose(page, 'parentId', '新镇', 'XINZHEN');
    await save(page);
    expect((await institution('QHRM'))?.parentId).toBe((await institution('XINZHEN'))?.id);
    await act(page, 'XINZHEN', '修改');
    await choose(page, 'parentId', '青禾县人民医院', 'QHRM');
    await save(page, false);
    await dialogOf(page).locator('.ant-alert-error, .ant-form-item-explain-error').first().waitFor();
    expect((await institution('XINZHEN'))?.parentId).toBeNull();
    await page.keyboard.press('Escape');
    await hub.ctx.db.updateTable('institution').set({ parentId: before ?? null }).where('code', '=', 'QHRM').execute(); // prettier-ignore
    await failsAndComesBack(page, '/api/institutions', 'tr.ant-table-row');
  });

  test('a centre is opened at an institution and works by the rules set here', async () => {
    await go('centers', '共享中心');
    await add(page, '开通中心');
    await save(page, false);
    await told(page, '请填写此项');
    await choose(page, 'kind', '影像诊断');
    await choose(page, 'institutionId', '中医医院', 'QHZY');
    await save(page);
    await rowOf(page, '中医医院').waitFor();
    await act(page, '中医医院', '修改');
    for (const name of ['preliminaryVisible', 'phoneSigning'])
      await dialogOf(page).locator(`#${name}`).click();
    await fill(page, 'claimIdleMinutes', '45');
    await fill(page, 'dutyPhone', '0513-5550222');
    await save(page);
    await rowOf(page, /中医医院[\s\S]*45/).waitFor();
    const center = await hub.ctx.db
      .selectFrom('center')
      .selectAll()
      .where('institutionId', '=', (await institution('QHZY'))?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(center).toMatchObject({ kind: 'imaging', claimIdleMinutes: 45, dutyPhone: '0513-5550222' });
    expect(center.preliminaryVisible).toBe(true);
    await failsAndComesBack(page, '/api/centers', 'tr.ant-table-row');
  });

  test('a rule sends what one site orders at night to the other centre; taken off, the first centre reads again', async () => {
    await go('routing', '病例分派');
    await page.getByText('没有适用规则时由最先开通的中心诊断').waitFor();
    await add(page);
    await save(page, false);
    await told(page, '请填写此项');
    expect(await dialogOf(page).locator('#itemCode').isDisabled()).toBe(true); // of which centre, first
    await choose(page, 'centerId', '中医医院');
    await choose(page, 'requestingInstitutionId', '柳河镇卫生院', 'LIUHE');
    await choose(page, 'itemCode', 'CT-HEAD', 'CT-HE');
    await dialogOf(page).locator('#active').waitFor();
    await save(page);
    await rowOf(page, /柳河[\s\S]*CT-HEAD[\s\S]*全天[\s\S]*中医医院/).waitFor();
    expect(await rules()).toMatchObject([{ itemCode: 'CT-HEAD', fromTime: null, active: true }]);
    const reads = async () => {
      const order = await place({ items: [{ code: 'CT-HEAD' }] });
      const row = await hub.ctx.db
        .selectFrom('orders')
        .innerJoin('institution', 'institution.id', 'orders.reportingInstitutionId')
        .select('institution.code')
        .where('orders.id', '=', order.id)
        .executeTakeFirst();
      return row?.code;
    };
    expect(await reads()).toBe('QHZY');
    await act(page, 'CT-HEAD', '修改');
    await clearChoice(page, 'requestingInstitutionId');
    await dialogOf(page).locator('#active').click();
    await save(page);
    await rowOf(page, /全部[\s\S]*CT-HEAD[\s\S]*停用/).waitFor();
    expect(await rules()).toMatchObject([{ requestingInstitutionId: null, active: false }]);
    expect(await reads()).toBe('QHRM');
    await failsAndComesBack(page, '/api/routing-rules', 'tr.ant-table-row');
  });

  test('an item is offered, changed and taken off the offer; its code and class are checked by centre', async () => {
    await go('items', '检查项目');
    await rowOf(page, 'DR-CHEST').waitFor();
    await add(page);
    await fill(page, 'code', 'dr knee');
    await save(page, false);
    await told(page, '大写字母、数字、点、下划线或连字符');
    await fill(page, 'code', 'DR-RIB-L');
    await fill(page, 'name', '左侧肋骨 DR');
    await fill(page, 'nameEn', 'Left ribs X-ray');
    await choose(page, 'itemClass', 'X 线');
    await choose(page, 'centerKind', '心电诊断'); // the class is of another centre now
    await save(page, false);
    await told(page, '请填写此项');
    await choose(page, 'centerKind', '影像诊断');
    await choose(page, 'itemClass', 'X 线');
    await choose(page, 'modality', 'DX');
    await fill(page, 'price', '80.5');
    await save(page);
    await page.getByLabel('在列表中查找').fill('RIB-L');
    await rowOf(page, 'DR-RIB-L')
      .filter({ hasText: /X 线[\s\S]*DX[\s\S]*80\.50[\s\S]*可申请/ })
      .waitFor();
    await act(page, 'DR-RIB-L', '修改');
    for (const name of ['code', 'centerKind'])
      expect(await dialogOf(page).locator(`#${name}`).isDisabled()).toBe(true);
    await clearChoice(page, 'modality');
    await dialogOf(page).locator('#active').click();
    await save(page);
    await rowOf(page, 'DR-RIB-L').filter({ hasText: '已停用' }).waitFor();
    expect(await item('DR-RIB-L')).toMatchObject({ active: false, modality: null, itemClass: 'xray' });
    const refused = await (
      await hub.as('doctor1')
    ).post('/api/orders', { center: 'imaging', items: [{ code: 'DR-RIB-L' }], priority: 'routine' });
    expect(refused.status).toBe(422);
    await failsAndComesBack(page, '/api/items', 'tr.ant-table-row');
    await page.context().close();
  });
});
