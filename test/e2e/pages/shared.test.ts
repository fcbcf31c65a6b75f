import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../server/standards/identity/idCard.ts';
import { able, auditOf, dialogOf, enter, hub, openGround, openWindow, place, saidIn, sign, whileBroken } from './ground.ts'; // prettier-ignore

const card = completeIdCard('32062119720518108');
const shares = () => hub.ctx.db.selectFrom('patientShare').selectAll().orderBy('createdAt').execute();

describe.skipIf(!able)('a result that a patient takes along (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  let order: { id: string; accessionNumber: string };
  let code = '';
  beforeAll(async () => {
    order = await place({
      patient: {
        name: '分享者',
        sex: 'F',
        birthDate: '1972-05-18',
        identifiers: [{ type: 'id-card', value: card }],
      },
    });
    await sign(order.id, { impression: '左肺下叶结节' });
    page = await enter('doctor1', `/orders/${order.id}`);
    await page.getByRole('button', { name: '分享' }).waitFor();
  });
  const fill = async (other: Page, values: Record<string, string>) => {
    for (const [id, value] of Object.entries(values)) await other.locator(`#${id}`).fill(value);
    await other.locator('button[type=submit]').click();
  };

  test('is handed out with purpose and consent, by a code that is shown once and a picture to scan', async () => {
    await page.getByRole('button', { name: '分享' }).click();
    await dialogOf(page).getByText('尚未分享。').waitFor();
    await dialogOf(page).getByRole('button', { name: '生成分享码' }).click();
    await dialogOf(page).getByText('请填写').waitFor();
    expect(await shares()).toEqual([]);
    await dialogOf(page).locator('#purpose').fill('转诊至省人民医院');
    await dialogOf(page).locator('#days').fill('3');
    await dialogOf(page).getByRole('button', { name: '生成分享码' }).click();
    code = (await dialogOf(page).locator('.hub-share-code').innerText()).trim();
    expect(code.replaceAll('-', '').length).toBeGreaterThan(10);
    await dialogOf(page).getByRole('img', { name: '分享二维码' }).locator('svg').waitFor();
    await dialogOf(page).getByText('接诊医院还须输入患者身份证后四位。').waitFor();
    await dialogOf(page).getByText('分享码只显示这一次').waitFor();
    const [made] = await shares();
    expect(made).toMatchObject({ purpose: '转诊至省人民医院', consentBy: '本人', revokedAt: null });
    expect(JSON.stringify(made)).not.toContain(code.replaceAll('-', ''));
    await dialogOf(page)
      .getByText(/未打开/)
      .waitFor();
    await page.keyboard.press('Escape');
  });

  test('opens elsewhere with the second secret and a name only, and shows report and who signed', async () => {
    const other = await openWindow(`/share#${code.replaceAll('-', '')}`);
    expect(await other.locator('#code').inputValue()).toBe(code.replaceAll('-', ''));
    await other.locator('button[type=submit]').click();
    await other.getByText('请填写').first().waitFor();
    await fill(other, { factor: '0000', hospital: '省人民医院', person: '李医生' });
    const refusal = other.locator('.ant-alert-error');
    await refusal.filter({ hasText: '分享码无效、已过期或已撤销，或第二项不符' }).waitFor();
    await fill(other, { factor: card.slice(-4) });
    await other.getByText('左肺下叶结节').waitFor();
    await other.locator('.hub-shared-patient').filter({ hasText: /分享者[\s\S]*女[\s\S]*1972-05-18/ }).waitFor(); // prettier-ignore
    await other.getByText(/报告：.*林静/).waitFor();
    expect(await other.locator('body').innerText()).not.toContain(card);
    await other.getByRole('button', { name: 'English' }).click();
    await other.getByText('Valid', { exact: true }).first().waitFor();
    await other.getByRole('button', { name: '中文' }).click();
    const [file] = await Promise.all([other.waitForEvent('download'), other.getByText('导出结果包').click()]);
    const names = Object.keys(unzipSync(new Uint8Array(await readFile(await file.path()))));
    expect(names.some((name) => name.endsWith('.pdf'))).toBe(true);
    await whileBroken(other, '/api/share', 500, async () => {
      await other.reload();
      await other.locator('.hub-state[role=alert]').filter({ hasText: '共享中心暂时无法处理' }).waitFor();
    });
    await other.locator('.hub-state[role=alert]').getByRole('button').click();
    await other.getByText('左肺下叶结节').waitFor();
    await other.getByRole('button', { name: '结束查看' }).click();
    await other.locator('#code').waitFor();
    expect(await other.locator('body').innerText()).not.toContain('左肺下叶结节');
    await other.context().close();
  });

  test('the site reads who opened it and takes it back: it opens no more', async () => {
    await page.reload();
    await page.getByRole('button', { name: '分享' }).click();
    await dialogOf(page)
      .getByText(/省人民医院 李医生 \d{4}/)
      .waitFor();
    await dialogOf(page).getByRole('button', { name: '撤销' }).click();
    await page.getByText('撤销分享“转诊至省人民医院”？对方立即不能再查看。').waitFor();
    await page.locator('.ant-popover:visible .ant-btn-primary').click();
    await dialogOf(page).getByText('已撤销').waitFor();
    expect((await shares())[0]?.revokedAt).not.toBeNull();
    const other = await openWindow('/share');
    await fill(other, { code, factor: card.slice(-4), hospital: '省人民医院', person: '李医生' });
    await other.locator('.ant-alert-error').filter({ hasText: '分享码无效' }).waitFor();
    await other.context().close();
    await whileBroken(page, `/api/orders/${order.id}/shares`, 500, async () => {
      await page.reload();
      await page.getByRole('button', { name: '分享' }).click();
      await dialogOf(page).locator('.hub-state[role=alert]').waitFor(); // not: never shared
    });
    await page.context().close();
  });

  test('leaves as a package by right only, with a reason on record; a lost line is told in words', async () => {
    const nurse = await enter('nurse1', `/orders/${order.id}`);
    await nurse.getByRole('button', { name: '打开 PDF' }).or(nurse.getByText('打开 PDF')).first().waitFor();
    expect(await nurse.getByRole('button', { name: '导出结果包' }).count()).toBe(0);
    await nurse.context().close();
    const quality = await enter('qa1', `/orders/${order.id}`);
    await quality.getByRole('button', { name: '导出结果包' }).click();
    const ok = dialogOf(quality).locator('.ant-modal-footer .ant-btn-primary');
    expect(await ok.isDisabled()).toBe(true);
    await dialogOf(quality).getByLabel('导出原因').fill('质控抽查');
    await whileBroken(quality, `/api/orders/${order.id}/package`, 'line', async () => {
      await ok.click();
      await saidIn(quality, '无法连接共享中心');
    });
    const [file] = await Promise.all([quality.waitForEvent('download'), ok.click()]);
    expect(file.suggestedFilename()).toBe(`${order.accessionNumber}.zip`);
    expect(JSON.stringify(await auditOf(order.id))).toContain('质控抽查');
    await quality.context().close();
  });
});
