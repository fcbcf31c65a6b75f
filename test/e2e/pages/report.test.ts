import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, draft, enter, hub, openGround, orderRow, place, saidIn, whileBroken } from './ground.ts';

const kept = async (orderId: string) =>
  hub.ctx.db
    .selectFrom('report')
    .select(['content', 'version', 'state'])
    .where('orderId', '=', orderId)
    .executeTakeFirst();
const findings = '#report-findings';
const impression = '#report-impression';
const saved = (page: Page) =>
  page
    .locator('.hub-saved[data-saving=idle]')
    .filter({ hasText: /已保存 \d\d:\d\d:\d\d/ })
    .waitFor();

/** A case that the reader has claimed, open in his window, with nothing written. */
async function openCase(page: Page, patient: Record<string, unknown> = {}): Promise<string> {
  const base = { name: '报告之人', sex: 'F', birthDate: '1990-02-03' };
  const number = `REPORT${(await hub.ctx.db.selectFrom('orders').select('id').execute()).length}`;
  const { id } = await place({
    patient: { ...base, identifiers: [{ type: 'mrn', value: number }], ...patient },
  });
  const reader = await hub.as('radiologist1');
  await reader.post(`/api/orders/${id}/accept`);
  await reader.post(`/api/orders/${id}/claim`);
  await page.goto(`${hub.url}/orders/${id}`);
  await page.locator(`${findings}:not([disabled])`).waitFor();
  return id;
}

describe.skipIf(!able)('writing a report (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  beforeAll(async () => {
    page = await enter('radiologist1', '/account');
  });

  test('is for who has claimed the case: another reader sees it and cannot write', async () => {
    const { id } = await place();
    await (await hub.as('radiologist1')).post(`/api/orders/${id}/accept`);
    await page.goto(`${hub.url}/orders/${id}`);
    await page.locator(`${findings}[disabled]`).waitFor();
    await page.getByRole('button', { name: '领取', exact: true }).click();
    await page.locator(`${findings}:not([disabled])`).waitFor();
    expect(await orderRow(id)).toMatchObject({ status: 'claimed' });
    const head = await enter('head1', `/orders/${id}`);
    await head.locator(findings).waitFor();
    expect(await head.locator(findings).isDisabled()).toBe(true);
    expect(await head.getByRole('button', { name: '提交审核' }).count()).toBe(0);
    await head.context().close();
    await page.getByRole('button', { name: '更多' }).click();
    await page.getByRole('menuitem', { name: '放回' }).click();
    await page.locator(`${findings}[disabled]`).waitFor();
    expect(await orderRow(id)).toMatchObject({ status: 'received', claimedBy: null });
  });

  test('saves by itself and at once by key, and says when', async () => {
    const id = await openCase(page);
    await page.locator(findings).fill('两肺纹理清晰');
    await saved(page);
    expect((await kept(id))?.content).toMatchObject({ findings: '两肺纹理清晰' });
    const before = (await kept(id))?.version ?? 0;
    await page.locator(impression).fill('未见异常');
    await page.keyboard.press('Control+s');
    await expect.poll(async () => (await kept(id))?.version).toBe(before + 1);
    await page.getByLabel('阳性').check();
    await page.getByLabel('建议').fill('随访');
    await saved(page);
    expect((await kept(id))?.content).toMatchObject({
      impression: '未见异常',
      positive: true,
      recommendation: '随访',
    });
  });

  test('what was typed without a line stays on this machine, comes back after a crash, and is taken or dropped', async () => {
    const id = await openCase(page);
    const path = `/api/orders/${id}/report`;
    const puts = (url: URL) => url.pathname === path;
    const typeWithoutLine = async (text: string) => {
      await page.route(puts, (route) =>
        route.request().method() === 'PUT' ? route.abort('connectionfailed') : route.continue(),
      );
      await page.locator(findings).fill(text);
      await page.locator('.hub-saved[data-saving=failed]').filter({ hasText: '未能上传，已保存在本机' }).waitFor(); // prettier-ignore
      await page.unroute(puts);
      await page.reload();
      await page.getByText(/本机有 .* 未上传的草稿/).waitFor();
    };
    await typeWithoutLine('断线时写的');
    expect(await kept(id)).toBeUndefined();
    expect(await page.locator(findings).inputValue()).toBe('');
    await page.getByRole('button', { name: '恢复' }).click();
    expect(await page.locator(findings).inputValue()).toBe('断线时写的');
    await saved(page);
    expect((await kept(id))?.content).toMatchObject({ findings: '断线时写的' });
    await typeWithoutLine('不要的文字');
    await page.getByRole('button', { name: '丢弃' }).click();
    await page.reload();
    await page.locator(`${findings}:not([disabled])`).waitFor();
    expect(await page.locator(findings).inputValue()).toBe('断线时写的');
    expect(await page.getByText(/未上传的草稿/).count()).toBe(0);
  });

  test('the line that comes back is noticed: the draft goes up without a key', async () => {
    const id = await openCase(page);
    await whileBroken(page, `/api/orders/${id}/report`, 500, async () => {
      await page.locator(findings).fill('自动补传');
      await page.locator('.hub-saved[data-saving=failed]').waitFor();
    });
    await saved(page);
    expect((await kept(id))?.content).toMatchObject({ findings: '自动补传' });
  });

  test('two windows on one report: who saves second is shown the other text and chooses, nothing is lost', async () => {
    const id = await openCase(page);
    const other = await page.context().newPage();
    const open = async () => {
      await other.goto(`${hub.url}/orders/${id}`);
      await other.locator(`${findings}:not([disabled])`).waitFor();
    };
    const conflict = other.locator('.ant-alert-error').filter({ hasText: '刚刚保存了另一份内容' });
    await open();
    await page.locator(findings).fill('第一个窗口');
    await saved(page);
    await other.locator(findings).fill('第二个窗口');
    await conflict.filter({ hasText: /陈思远[\s\S]*第一个窗口/ }).waitFor();
    expect((await kept(id))?.content).toMatchObject({ findings: '第一个窗口' });
    await other.locator(findings).fill('第二个窗口，继续写'); // typing on while it waits for the choice
    await other.getByRole('button', { name: '保留我的' }).click();
    await saved(other);
    expect((await kept(id))?.content).toMatchObject({ findings: '第二个窗口，继续写' });

    await page.locator(findings).fill('第一个窗口又来');
    const mine = page.locator('.ant-alert-error').filter({ hasText: '刚刚保存了另一份内容' });
    await mine.waitFor();
    await page.getByRole('button', { name: '采用对方的' }).click();
    expect(await page.locator(findings).inputValue()).toBe('第二个窗口，继续写');
    await mine.waitFor({ state: 'detached' });
    await page.reload();
    await page.locator(`${findings}:not([disabled])`).waitFor();
    expect(await page.getByText(/未上传的草稿/).count()).toBe(0);
    expect((await kept(id))?.content).toMatchObject({ findings: '第二个窗口，继续写' });
    await other.close();
  });

  test('a template fills an empty report; over a written one it asks how', async () => {
    const head = await hub.as('head1');
    const made = await head.post('/api/templates', {
      center: 'imaging',
      name: '胸部正常',
      modality: 'DX',
      bodyPart: 'CHEST',
      content: { findings: '双肺纹理清晰', impression: '心肺膈未见异常', positive: false },
      personal: false,
    });
    expect(made.status).toBeLessThan(300);
    const id = await openCase(page);
    const pick = async () => {
      await page.getByLabel('选择模板').click();
      await page.locator('.ant-select-item-option').filter({ hasText: '胸部正常' }).click();
    };
    await pick();
    expect(await page.locator(impression).inputValue()).toBe('心肺膈未见异常');
    await page.locator(findings).fill('右肺结节');
    const asked = page.locator('.ant-alert-info').filter({ hasText: '已有内容，如何使用模板' });
    await pick();
    await asked.getByRole('button', { name: '取消' }).click();
    expect(await page.locator(findings).inputValue()).toBe('右肺结节');
    await pick();
    await asked.getByRole('button', { name: '追加' }).click();
    expect(await page.locator(findings).inputValue()).toBe('右肺结节\n双肺纹理清晰');
    await pick();
    await asked.getByRole('button', { name: '替换' }).click();
    expect(await page.locator(findings).inputValue()).toBe('双肺纹理清晰');
    await saved(page);
    expect((await kept(id))?.content).toMatchObject({ findings: '双肺纹理清晰', positive: false });
  });

  test('a report is kept as the own template, which the next case offers and no colleague sees', async () => {
    await openCase(page);
    expect(await page.getByRole('button', { name: '存为我的模板' }).isDisabled()).toBe(true);
    await page.locator(findings).fill('肋骨骨折');
    await page.getByRole('button', { name: '存为我的模板' }).click();
    await page.keyboard.press('Enter');
    await page.locator('.ant-form-item-explain-error').waitFor();
    await page.locator('.ant-modal #name').fill('我的骨折');
    await page.keyboard.press('Enter');
    await saidIn(page, '已存为我的模板“我的骨折”');
    await page.getByLabel('选择模板').click();
    await page.locator('.ant-select-item-option').filter({ hasText: '我的骨折' }).waitFor();
    const names = async (username: string) =>
      (await (await hub.as(username)).get('/api/templates?center=imaging')).body.items.map(
        (each: { name: string }) => each.name,
      );
    expect(await names('radiologist1')).toContain('我的骨折');
    expect(await names('radiologist2')).not.toContain('我的骨折');
  });

  test('a short code becomes its phrase by Tab, another one by the arrows; Escape leaves what was typed', async () => {
    const reader = await hub.as('radiologist1');
    for (const [code, body] of [
      ['xfq', '心肺膈未见异常'],
      ['xfz', '心影饱满'],
    ])
      // prettier-ignore
      await reader.post('/api/phrases', { center: 'imaging', code, body, personal: true });
    await openCase(page);
    const area = page.locator(findings);
    const list = page.getByRole('listbox', { name: '短语' });
    await area.click();
    await page.keyboard.type('所见：xf');
    await expect.poll(() => list.getByRole('option').count()).toBe(2);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    expect(await area.inputValue()).toBe('所见：心影饱满');
    await page.keyboard.type('，xfq');
    await list.waitFor();
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    expect(await area.inputValue()).toBe('所见：心影饱满，xfq');
    expect(new URL(page.url()).pathname).toMatch(/^\/orders\//); // Escape did not leave the case
    await page.keyboard.press('Backspace');
    await list.getByRole('option').first().click();
    expect(await area.inputValue()).toMatch(/，(心肺膈未见异常|心影饱满)$/);
  });

  test('contradictions are asked about while writing: sex, side, template text, unit', async () => {
    await openCase(page, { sex: 'F' });
    const warnings = page.getByRole('list', { name: '签发前请核对' });
    await page.locator(findings).fill('右侧肋骨见结节 12mmm，前列腺增大 [部位]');
    await page.locator(impression).fill('左侧第 4 肋骨骨折');
    for (const words of ['患者性别与“前列腺”不符', '左右不一致', '模板文字未填写：[部位]', '单位有误：2mmm'])
      await warnings.getByText(words).waitFor();
    await page.locator(findings).fill('左侧第 4 肋骨皮质不连续');
    await warnings.waitFor({ state: 'detached' });
  });

  test('is not submitted empty, and not before the reader has said how the images were seen', async () => {
    const id = await openCase(page);
    const submit = page.getByRole('button', { name: '提交审核' });
    expect(await submit.isDisabled()).toBe(true);
    await page.locator(findings).press('Control+Enter');
    await saidIn(page, '本申请单没有影像，不能提交和签发。');
    await page.getByRole('button', { name: '说明原因后继续' }).click();
    await page.getByLabel('原因').click();
    await page.locator('.ant-select-item-option').filter({ hasText: '已在其他工作站' }).click();
    await page.getByRole('button', { name: '记录', exact: true }).click();
    await submit.click();
    await page.locator('.ant-message-error').waitFor(); // nothing is concluded yet
    expect(await orderRow(id)).toMatchObject({ status: 'claimed' });
    await page.locator(impression).fill('未见异常');
    await page.locator(findings).fill('双肺清晰');
    await page.keyboard.press('Control+Enter'); // what was typed last goes along
    await page.locator('.hub-strip .hub-status').filter({ hasText: '待审核' }).waitFor();
    expect(await kept(id)).toMatchObject({
      state: 'preliminary',
      content: { findings: '双肺清晰', viewingLimits: [{ reason: 'elsewhere' }] },
    });
  });

  test('a report that cannot be read says so and comes back; a case of nobody is told as not found', async () => {
    const { id } = await place();
    await draft(id, { findings: '已写' });
    await whileBroken(page, `/api/orders/${id}/report`, 500, async () => {
      await page.goto(`${hub.url}/orders/${id}`);
      await page.locator('.hub-state[role=alert]').filter({ hasText: 'request-4711' }).waitFor();
    });
    await page.locator('.hub-state[role=alert]').getByRole('button', { name: '重试' }).click();
    await expect
      .poll(() =>
        page
          .locator(findings)
          .inputValue()
          .catch(() => ''),
      )
      .toBe('已写');
    await page.goto(`${hub.url}/orders/01234567-89ab-7cde-8f01-23456789abcd`);
    await page.locator('.hub-state[role=alert]').filter({ hasText: '没有找到' }).waitFor();
  });
});
