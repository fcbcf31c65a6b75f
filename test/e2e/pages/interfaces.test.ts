import net from 'node:net';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { code, orm, Peer } from '../../integrations/hl7/helpers.ts';
import { act, choose, fill, rowOf, save, told } from './adminList.ts';
import { able, dialogOf, enter, failsAndComesBack, hub, openGround, saidIn } from './ground.ts';

const message = (controlId: string) =>
  hub.ctx.db
    .selectFrom('hl7Message')
    .selectAll()
    .where('controlId', '=', controlId)
    .executeTakeFirstOrThrow();
const send = async (text: string) => {
  const peer = await Peer.connect(hub.roles.addresses.mllp ?? 0);
  const answer = await peer.ask(text);
  peer.close();
  return answer;
};

describe.skipIf(!able)('the interfaces (needs Chromium and the built viewer)', () => {
  openGround({ HUB_ROLES: 'web,hl7' });
  let page: Page;
  const row = (control: string) => page.locator('tr.ant-table-row').filter({ hasText: control });
  const open = async (control: string) => {
    await page.goto(`${hub.url}/interfaces/messages?q=${control}`);
    await row(control).click();
    await page.waitForURL('**/interfaces/messages/*');
    await page.locator('.hub-int-raw').first().waitFor();
  };
  const because = async (reason: string) => {
    await dialogOf(page).getByLabel('原因').fill(reason);
    await dialogOf(page).locator('.ant-btn-primary').click();
    await dialogOf(page).waitFor({ state: 'hidden' });
  };
  beforeAll(async () => {
    page = await enter('registrar1', '/interfaces');
    await page.getByText('没有消息。').waitFor();
  });

  test('a message stands in the list with its state, is found by its number, and opens raw, decoded and answered', async () => {
    expect(code(await send(orm({ placer: 'E1', control: 'E2E-1', items: ['ECG-12'], patient: '消息者' })))).toBe('AA'); // prettier-ignore
    await expect.poll(async () => (await message('E2E-1')).state).toBe('accepted');
    await page.reload();
    await row('E2E-1')
      .filter({ hasText: /接收[\s\S]*HIS\|LIUHE[\s\S]*ORM\^O01/ })
      .waitFor();
    await row('E2E-1').filter({ hasText: '已接受' }).waitFor();
    await page.getByRole('searchbox', { name: '控制号、申请单号、检查号、患者姓名' }).fill('没有这样的');
    await page.keyboard.press('Enter');
    await page.getByText('没有消息。').waitFor();
    await open('E2E-1');
    expect(await page.locator('.hub-int-raw').first().innerText()).toContain('MSH|^~\\&|HIS|LIUHE');
    await page.locator('tr').filter({ hasText: 'PID-5' }).filter({ hasText: '消息者' }).waitFor();
    await page.locator('.hub-int-raw').nth(1).filter({ hasText: 'MSA|AA|E2E-1' }).waitFor();
    await page.locator('.hub-int-way').getByText('收到').waitFor();
    expect(await page.getByRole('button', { name: '重新处理' }).isDisabled()).toBe(true); // it was accepted
    const read = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', 'like', 'hl7%read%')
      .execute();
    expect(read.length).toBeGreaterThan(0); // content is opened one at a time and on record
    await page.locator('.hub-bar a').first().click();
    await page.waitForURL('**/orders/*');
  });

  test('who looks after machines reads the structure and no patient', async () => {
    const admin = await enter('admin1', `/interfaces/messages/${(await message('E2E-1')).id}`);
    await admin.getByText('系统管理员不查看临床内容').waitFor();
    const words = await admin.locator('body').innerText();
    expect(words).not.toContain('消息者');
    expect(words).toContain('HIS|LIUHE');
    await admin.context().close();
  });

  test('an order of an unknown code waits for a person, who maps it once; the next one goes through', async () => {
    await send(orm({ placer: 'E2', control: 'E2E-2', items: ['HISX9'] }));
    await expect.poll(async () => (await message('E2E-2')).state).toBe('held');
    await open('E2E-2');
    await page.getByText('代码 HISX9 尚未对照：').waitFor();
    expect(await page.getByRole('button', { name: '对照', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel('对照到项目').click();
    await page.getByLabel('对照到项目').fill('ECG-12');
    await page.locator('.ant-select-item-option').filter({ hasText: 'ECG-12' }).first().click();
    await page.getByRole('button', { name: '对照', exact: true }).click();
    await saidIn(page, '已完成');
    await expect.poll(async () => (await message('E2E-2')).state).toBe('accepted');
    await page.locator('.hub-status').filter({ hasText: '已接受' }).waitFor(); // without a reload
    await send(orm({ placer: 'E3', control: 'E2E-3', items: ['HISX9'] }));
    await expect.poll(async () => (await message('E2E-3')).state).toBe('accepted');
  });

  test('what waits is tried again or closed, each with a reason that stands in its way', async () => {
    await send(orm({ placer: 'E4', control: 'E2E-4', items: ['HISX10'] }));
    await expect.poll(async () => (await message('E2E-4')).state).toBe('held');
    await open('E2E-4');
    await page.getByRole('button', { name: '重新处理' }).click();
    await dialogOf(page).getByText('将用原来的内容再处理或再发送一次').waitFor();
    expect(await dialogOf(page).locator('.ant-btn-primary').isDisabled()).toBe(true);
    await dialogOf(page).getByLabel('原因').press('Enter'); // nothing said: nothing is done
    await dialogOf(page).waitFor();
    await because('已电话核实');
    await page.locator('.hub-int-way').getByText('已电话核实').waitFor();
    await expect.poll(async () => (await message('E2E-4')).state).toBe('held'); // still unknown
    await page.locator('.hub-status').filter({ hasText: '待人工' }).waitFor(); // told without a reload
    await page.getByRole('button', { name: '关闭', exact: true }).click();
    await dialogOf(page).getByText('关闭后不再自动处理，内容仍保留。').waitFor();
    await because('对方撤销');
    await page.locator('.hub-status').filter({ hasText: '已关闭' }).waitFor();
    expect((await message('E2E-4')).state).toBe('resolved');
    expect(await page.getByRole('button', { name: '关闭', exact: true }).isDisabled()).toBe(true);
  });

  test('the filter is the address; older pages are turned to; a list that cannot be read comes back', async () => {
    await page.goto(`${hub.url}/interfaces/messages?state=resolved&direction=in`);
    await expect.poll(() => page.locator('tr.ant-table-row').count()).toBe(1);
    await page
      .locator('.ant-select')
      .filter({ has: page.getByLabel('状态') })
      .hover();
    await page.locator('.ant-select').filter({ has: page.getByLabel('状态') }).locator('.ant-select-clear').click(); // prettier-ignore
    await expect.poll(() => page.locator('tr.ant-table-row').count()).toBe(4);
    expect(new URL(page.url()).search).toBe('?direction=in');
    expect(await page.getByRole('button', { name: '较新' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: '较早' }).isDisabled()).toBe(true);
    await failsAndComesBack(page, '/api/hl7/messages', 'tr.ant-table-row');
    await page.goto(`${hub.url}/interfaces/messages/999999`);
    await page.locator('.hub-state[role=alert]').filter({ hasText: '没有找到' }).waitFor();
    await page.context().close();
  });

  test('a receiver is set up with what its system wants, and tried: reached, or why not', async () => {
    page = await enter('admin1', '/interfaces/receivers');
    const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    await page.getByRole('button', { name: '新增接收方' }).click();
    await save(page, false);
    await told(page, '请填写');
    await choose(page, 'institution', '柳河镇卫生院', 'LIUHE');
    await fill(page, 'host', '127.0.0.1');
    await fill(page, 'port', String(port));
    expect(await dialogOf(page).locator('#tlsFingerprint').count()).toBe(0);
    await dialogOf(page).locator('#tls').click();
    await dialogOf(page).locator('#tlsFingerprint').waitFor();
    await dialogOf(page).locator('#tls').click();
    await choose(page, 'charset', 'gb18030');
    await dialogOf(page).getByLabel('姓与名分开').check();
    await save(page);
    await rowOf(page, /柳河/).filter({ hasText: `127.0.0.1:${port}` }).filter({ hasText: 'gb18030' }).waitFor(); // prettier-ignore
    const kept = await hub.ctx.db.selectFrom('hl7Endpoint').selectAll().executeTakeFirstOrThrow();
    expect(kept).toMatchObject({ port, charset: 'gb18030', quirks: { splitNames: true } });
    await act(page, '柳河', '测试连接');
    await saidIn(page, /已连通，\d+ 毫秒/);
    await new Promise((resolve) => server.close(resolve));
    await act(page, '柳河', '测试连接');
    await saidIn(page, '未连通：');
    await failsAndComesBack(page, '/api/hl7/endpoints', 'tr.ant-table-row');
  });

  test('a sender whom nobody admitted raises an alarm that leads to the devices; silence is set by minutes', async () => {
    await send(orm({ placer: 'E5', control: 'E2E-5', items: ['ECG-12'], sender: 'LIS|NOWHERE' }));
    await page.goto(`${hub.url}/interfaces/senders`);
    const unknown = rowOf(page, 'LIS|NOWHERE');
    await unknown.filter({ hasText: '未准入' }).waitFor();
    await unknown.getByRole('link', { name: '去准入' }).click();
    await page.waitForURL('**/admin/devices');
    await page.goto(`${hub.url}/interfaces/senders`);
    await act(page, 'HIS|LIUHE', '编辑');
    await fill(page, 'silentMinutes', '0');
    await dialogOf(page).locator('#plainAck').check();
    await save(page);
    await rowOf(page, 'HIS|LIUHE').filter({ hasText: '不告警' }).waitFor();
    const device = await hub.ctx.db.selectFrom('device').select(['silentMinutes', 'settings']).where('hl7Sender', '=', 'HIS|LIUHE').executeTakeFirstOrThrow(); // prettier-ignore
    expect(device).toMatchObject({ silentMinutes: 0, settings: { hl7: { plainAck: true } } });
    await rowOf(page, 'HIS|LIUHE').getByRole('link').first().click();
    await page.waitForURL(/\/interfaces\/messages\?sender=HIS/);
    await page.context().close();
  });
});
