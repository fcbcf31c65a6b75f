import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { act, choose, fill, rowOf, save, told } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, placeUnconscious } from './ground.ts';

describe.skipIf(!able)('what works by itself (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('admin1', '/admin/algorithms');
    await page.getByRole('button', { name: '登记算法' }).waitFor();
  });

  test('an algorithm is registered as a device with version and use: one of the hub, or one outside with a token', async () => {
    await page.getByRole('button', { name: '登记算法' }).click();
    await told(page, '算法作为设备登记：收到病例，给出带名称和版本的草稿，不签发。');
    await save(page, false);
    await told(page, '请填写此项');
    await fill(page, 'name', '肺结节初筛');
    await fill(page, 'version', '1.2.0');
    await fill(page, 'vendor', '某厂');
    await fill(page, 'intendedUse', '提示可疑结节');
    await choose(page, 'institutionId', '青禾县人民医院', 'QHRM');
    await dialogOf(page).getByText('外部（凭令牌取病例）').click();
    await save(page, false);
    await told(page, '请填写此项'); // no token that may read cases yet
    const { body: token } = await (await hub.as('admin1')).post('/api/tokens', {
      name: '结节服务',
      institutionId: (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', 'QHRM').executeTakeFirstOrThrow()).id,
      verbs: ['input.read'],
      scopes: [],
      days: 30,
    }); // prettier-ignore
    expect(token.token).toBeTruthy();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('button', { name: '登记算法' }).click();
    for (const [field, value] of Object.entries({
      name: '肺结节初筛',
      version: '1.2.0',
      vendor: '某厂',
      intendedUse: '提示可疑结节',
    }))
      // prettier-ignore
      await fill(page, field, value);
    await choose(page, 'institutionId', '青禾县人民医院', 'QHRM');
    await dialogOf(page).getByText('外部（凭令牌取病例）').click();
    await choose(page, 'tokenId', '结节服务');
    await save(page);
    await rowOf(page, '肺结节初筛 1.2.0').filter({ hasText: /外部（凭令牌取病例）[\s\S]*未注册，仅供科研[\s\S]*0 \/ 0 \/ 0/ }).waitFor(); // prettier-ignore
    const kept = () =>
      hub.ctx.db.selectFrom('algorithm').selectAll().where('vendor', '=', '某厂').executeTakeFirstOrThrow(); // prettier-ignore
    const active = (await kept()).active;
    const toggle = rowOf(page, '肺结节初筛').getByRole('switch');
    await toggle.click();
    await expect.poll(async () => (await kept()).active).toBe(!active);
    await page.route('**/api/algorithms/*/active', (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"type":"forbidden","status":403}' }),
    ); // prettier-ignore
    await toggle.click();
    await page.locator('.ant-message-error').waitFor(); // a refusal is told, not swallowed
    await page.unroute('**/api/algorithms/*/active');
    await failsAndComesBack(page, '/api/algorithms', 'tr.ant-table-row');
  });

  test('a watched folder belongs to a site, tells what lies in it and what cannot be read, and is taken off', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hub-watched-'));
    await writeFile(path.join(folder, 'empty.xml'), '');
    await page.goto(`${hub.url}/admin/folders`);
    await page.getByText('未设置监视文件夹。').waitFor();
    await page.getByRole('button', { name: '添加' }).click();
    await page.getByText('请填写此项').first().waitFor();
    const add = async (where: string) => {
      await page.getByLabel('文件夹', { exact: true }).fill(where);
      await page.getByLabel('所属机构').click();
      await page.getByLabel('所属机构').fill('柳河');
      await page.locator('.ant-select-item-option').filter({ hasText: '柳河镇卫生院' }).click();
      await page.getByRole('button', { name: '添加' }).click();
    };
    await add(folder);
    const row = rowOf(page, folder);
    await row.filter({ hasText: /柳河镇卫生院[\s\S]*待取 \d 个/ }).waitFor();
    await add('/no/such/folder');
    await rowOf(page, '/no/such/folder').filter({ hasText: '无法读取，请检查路径和权限' }).waitFor();
    const settings = async () => (await (await hub.as('admin1')).get('/api/ecg/folders')).body.items.length;
    expect(await settings()).toBe(2);
    await rowOf(page, '/no/such/folder').getByRole('button', { name: '移除' }).click();
    await rowOf(page, '/no/such/folder').waitFor({ state: 'detached' });
    expect(await settings()).toBe(1);
    await failsAndComesBack(page, '/api/ecg/folders', 'tr.ant-table-row');
    await rm(folder, { recursive: true, force: true });
  });

  test('what is prepared in the background says how far it is, and offers nothing to try again when nothing failed', async () => {
    await page.goto(`${hub.url}/admin/derivations`);
    await page.getByText('等待 0 个序列，失败 0 个').waitFor();
    await page.getByText('所有序列均已处理。').waitFor();
    expect(await page.getByRole('button', { name: '重试失败的序列' }).isDisabled()).toBe(true);
    await failsAndComesBack(page, '/api/imaging/backlog', '.hub-list');
    await page.context().close();
  });

  test('a break-glass opening waits for its review, and is reviewed once with what was found', async () => {
    const card = await placeUnconscious();
    const doctor = await hub.as('doctor2');
    const opened = await doctor.post('/api/patients/break-glass', {
      idCard: card,
      hours: 2,
      reason: '患者昏迷',
    });
    expect(opened.status, JSON.stringify(opened.body)).toBeLessThan(300);
    page = await enter('qa1', '/admin/grants');
    const row = rowOf(page, '患者昏迷');
    await row.filter({ hasText: /贺春生[\s\S]*昏[\s\S]*紧急查阅[\s\S]*前复核/ }).waitFor();
    expect(await row.innerText()).not.toContain('昏迷者'); // whose record it was stands in the audit trail
    await act(page, '患者昏迷', '复核');
    await save(page, false);
    await told(page, '请填写此项');
    await dialogOf(page).locator('textarea').fill('情况属实');
    await save(page);
    await row.filter({ hasText: '情况属实' }).waitFor();
    expect(await row.getByRole('button', { name: '复核' }).count()).toBe(0);
    const [grant] = await hub.ctx.db
      .selectFrom('accessGrant')
      .select(['reviewNote', 'reviewedAt'])
      .where('kind', '=', 'break-glass')
      .execute();
    expect(grant).toMatchObject({ reviewNote: '情况属实', reviewedAt: expect.any(Date) as Date });
    await page.context().close();
  });
});
