import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { act, add, choose, fill, rowOf, save, told, yes } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround } from './ground.ts';

const device = (name: string) =>
  hub.ctx.db.selectFrom('device').selectAll().where('name', '=', name).executeTakeFirstOrThrow();

describe.skipIf(!able)('machines that talk to the hub (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('admin1', '/admin/tokens');
    await page.getByText('还没有记录。').waitFor();
  });

  test('a token needs rights or scopes, is shown once, works, and works no more when it is revoked', async () => {
    await add(page);
    await save(page, false);
    await told(page, '请填写此项');
    await fill(page, 'name', '柳河 HIS');
    await choose(page, 'institutionId', '柳河镇卫生院', 'LIUHE');
    for (const _ of [1, 2, 3]) {
      await dialogOf(page).locator('#verbs').focus();
      await page.keyboard.press('Backspace');
    }
    await dialogOf(page).locator('#name').click();
    await save(page, false);
    await told(page, '请填写此项'); // neither rights nor scopes
    await choose(page, 'verbs', '查看申请', 'order.read');
    await page.keyboard.press('Escape');
    await fill(page, 'days', '30');
    await save(page, false);
    await dialogOf(page).getByText('令牌只显示一次，请立即保存。').waitFor();
    const secret = (await dialogOf(page).locator('code').innerText()).trim();
    await page.keyboard.press('Escape');
    await page.getByText(secret).waitFor({ state: 'detached' });
    const row = rowOf(page, '柳河 HIS');
    await row.filter({ hasText: /查看申请[\s\S]*启用/ }).waitFor();
    const call = async (path: string) =>
      (await fetch(hub.url + path, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await call('/api/orders')).toBe(200);
    expect(await call('/api/staff')).toBe(403);
    await act(page, '柳河 HIS', '撤销');
    await page.getByText('撤销令牌“柳河 HIS”？').waitFor();
    await yes(page);
    await row.filter({ hasText: '已撤销' }).waitFor();
    expect(await call('/api/orders')).toBe(401);
    expect(await row.getByRole('button', { name: '撤销' }).count()).toBe(0);
    const stored = await hub.ctx.db.selectFrom('apiToken').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(secret);
    await failsAndComesBack(page, '/api/tokens', 'tr.ant-table-row');
  });

  test('a caller whom nobody knows stands first, is admitted with its site, blocked, and admitted again', async () => {
    await hub.ctx.db
      .insertInto('device')
      .values({
        kind: 'dicom',
        name: 'NEWCT',
        aeTitle: 'NEWCT',
        address: '10.9.8.7',
        state: 'unknown',
        attempts: 3,
      })
      .execute();
    await page.goto(`${hub.url}/admin/devices`);
    const first = rowOf(page, /./).first();
    await first.filter({ hasText: /未登记[\s\S]*NEWCT[\s\S]*10\.9\.8\.7/ }).waitFor();
    await act(page, 'NEWCT', '准入');
    await told(page, 'NEWCT（10.9.8.7）尝试连接 3 次被拒绝');
    await save(page, false);
    await told(page, '请选择设备所在机构');
    await fill(page, 'name', '双桥新 CT');
    await choose(page, 'institutionId', '双桥', 'SHUANGQIAO');
    await save(page);
    await rowOf(page, '双桥新 CT').filter({ hasText: '已准入' }).waitFor();
    expect(await device('双桥新 CT')).toMatchObject({ state: 'admitted', aeTitle: 'NEWCT' });
    await act(page, '双桥新 CT', '禁止');
    await page.getByText('禁止 NEWCT 连接？').waitFor();
    await yes(page);
    await rowOf(page, '双桥新 CT').filter({ hasText: '已禁止' }).waitFor();
    expect((await device('双桥新 CT')).state).toBe('blocked');
    await act(page, '双桥新 CT', '修改'); // a change of its name opens no door
    await fill(page, 'name', '双桥旧 CT');
    await save(page);
    await rowOf(page, '双桥旧 CT').waitFor();
    expect((await device('双桥旧 CT')).state).toBe('blocked');
    await act(page, '双桥旧 CT', '准入');
    await page.getByText('恢复 NEWCT 的准入？').waitFor();
    await yes(page);
    await rowOf(page, '双桥旧 CT').filter({ hasText: '已准入' }).waitFor();
    expect((await device('双桥旧 CT')).state).toBe('admitted');
  });

  test('a device is added by its kind: an HL7 sender has no AE title; a title of another script is refused', async () => {
    await add(page);
    await fill(page, 'name', '白塔 HIS');
    await choose(page, 'institutionId', '白塔', 'BAITA');
    await fill(page, 'aeTitle', '白塔');
    await save(page, false);
    await told(page, '1–16 个可见字符');
    await choose(page, 'kind', 'HL7');
    expect(await dialogOf(page).locator('#aeTitle').count()).toBe(0);
    expect(await dialogOf(page).locator('#dicomPort').count()).toBe(0);
    await fill(page, 'hl7Sender', 'HIS|BAITA');
    await fill(page, 'certificateFingerprint', '12:34');
    await save(page, false);
    await dialogOf(page).locator('.ant-form-item-explain-error').waitFor(); // not 64 digits: the hub says so
    await fill(page, 'certificateFingerprint', '');
    await save(page);
    expect(await device('白塔 HIS')).toMatchObject({
      kind: 'hl7',
      hl7Sender: 'HIS|BAITA',
      certificateFingerprint: null,
      state: 'admitted',
    });
    await failsAndComesBack(page, '/api/devices', 'tr.ant-table-row');
  });

  test('another platform is asked at an address of the web only; its token is kept when left empty', async () => {
    await page.goto(`${hub.url}/admin/platforms`);
    await page.getByText('1.5 秒内无应答不影响开单').waitFor();
    await add(page);
    await fill(page, 'name', '省平台');
    await fill(page, 'baseUrl', 'ftp://example');
    await save(page, false);
    await told(page, '请填写以 https:// 或 http:// 开头的地址');
    await fill(page, 'baseUrl', 'https://fhir.example/r4');
    await fill(page, 'token', 'secret-of-the-province');
    await save(page);
    const row = rowOf(page, '省平台');
    await row.filter({ hasText: /以报告自带标识为准[\s\S]*已设令牌/ }).waitFor();
    const kept = () =>
      hub.ctx.db.selectFrom('recognitionPlatform').selectAll().where('name', '=', '省平台').executeTakeFirstOrThrow(); // prettier-ignore
    const before = JSON.stringify(await kept());
    expect(before).not.toContain('secret-of-the-province');
    await act(page, '省平台', '修改平台');
    await told(page, '留空则保留原令牌');
    expect(await dialogOf(page).locator('#token').inputValue()).toBe('');
    await choose(page, 'recognizedAs', '省');
    await dialogOf(page).locator('#active').click();
    await save(page);
    await row.filter({ hasText: /已设令牌[\s\S]*停用/ }).waitFor();
    expect(await kept()).toMatchObject({ recognizedAs: 'province', active: false });
    await page.context().close();
  });
});
