import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { able, enter, failsAndComesBack, hub, openGround, openWindow, PASSWORD, PIN, saidIn } from './ground.ts'; // prettier-ignore

const staff = (username: string) =>
  hub.ctx.db.selectFrom('staff').selectAll().where('username', '=', username).executeTakeFirstOrThrow();
const certificates = async (username: string) =>
  hub.ctx.db
    .selectFrom('signatureCertificate')
    .select(['serialNumber', 'revokedAt'])
    .where('staffId', '=', (await staff(username)).id)
    .orderBy('issuedAt')
    .execute();
const section = (page: Page, name: string) => page.getByRole('region', { name });

describe.skipIf(!able)('the own account (needs Chromium and the built viewer)', () => {
  openGround();

  describe('sessions', () => {
    test('each open session is told with address and browser; ending another one puts that browser out', async () => {
      const page = await enter('doctor1', '/account');
      const other = await enter('doctor1', '/orders');
      await other.locator('h1').first().waitFor();
      await page.reload();
      const rows = section(page, '登录会话').locator('tbody tr.ant-table-row');
      await expect.poll(() => rows.count()).toBe(2);
      const own = rows.filter({ hasText: '本会话' });
      expect(await own.count()).toBe(1);
      expect(await own.innerText()).toMatch(/127\.0\.0\.1[\s\S]*Chrom[\s\S]*密码/);
      expect(await own.getByRole('button').count()).toBe(0); // one's own ends by signing out
      await rows.getByRole('button', { name: '结束' }).click();
      await expect.poll(() => rows.count()).toBe(1);
      await other.reload();
      await other.locator('#username').waitFor();
      await other.context().close();
      await failsAndComesBack(page, '/api/sessions', 'section[aria-label="登录会话"] table');
      await page.context().close();
    });
  });

  describe('password', () => {
    test('a change needs the current one and the new one twice, and ends every other session', async () => {
      const page = await enter('doctor2', '/account');
      const other = await enter('doctor2', '/orders');
      const before = await staff('doctor2');
      const fill = async (current: string, next: string, again: string) => {
        await page.getByLabel('当前密码', { exact: true }).fill(current);
        await page.getByLabel('新密码', { exact: true }).fill(next);
        await page.getByLabel('再次输入', { exact: true }).fill(again);
        await page.getByRole('button', { name: '修改', exact: true }).click();
      };
      await fill('', 'Newer-2026!', 'Newer-2026?');
      await page.getByText('请输入当前密码').waitFor();
      await page.getByText('两次输入不一致').waitFor();
      await fill('Wrong-2026!', 'Newer-2026!', 'Newer-2026!');
      await page.locator('.ant-message-error').waitFor();
      await fill(PASSWORD, 'newernewer', 'newernewer'); // a letter alone is no password
      await page.locator('.ant-message-error').filter({ hasText: '密码' }).first().waitFor();
      expect((await staff('doctor2')).passwordHash).toBe(before.passwordHash);
      await fill(PASSWORD, 'Newer-2026!', 'Newer-2026!');
      await saidIn(page, '密码已修改，其他会话已退出');
      expect((await staff('doctor2')).passwordHash).not.toBe(before.passwordHash);
      expect(await page.getByLabel('当前密码', { exact: true }).inputValue()).toBe('');
      await other.reload();
      await other.locator('#username').fill('doctor2');
      await other.locator('#password').fill(PASSWORD);
      await other.locator('button[type=submit]').click();
      await other.getByText('用户名或密码不正确').waitFor();
      await other.locator('#password').fill('Newer-2026!');
      await other.locator('button[type=submit]').click();
      await other.waitForURL('**/orders');
      await other.context().close();
      await page.context().close();
    });
  });

  describe('second factor', () => {
    let page: Page;
    let totp: TOTP;
    let codes: string[] = [];
    const code = (later = 0) => totp.generate({ timestamp: Date.now() + later });
    beforeAll(async () => {
      page = await enter('doctor3', '/account');
    });

    test('is on only after a code of the own authenticator, and then gives out recovery codes once', async () => {
      const area = section(page, '双因素认证');
      await area.getByRole('button', { name: '启用' }).click();
      await area.locator('svg').first().waitFor();
      const secret = await area.locator('code').innerText();
      totp = new TOTP({ secret: Secret.fromBase32(secret.trim()) });
      await area.getByLabel('验证器上的 6 位数字').fill(code() === '000000' ? '111111' : '000000');
      await area.getByRole('button', { name: '确定' }).click();
      await page.locator('.ant-message-error').waitFor();
      expect((await staff('doctor3')).totpConfirmedAt).toBeNull();
      await area.getByLabel('验证器上的 6 位数字').fill(code());
      await area.getByRole('button', { name: '确定' }).click();
      await area.getByText('以下恢复码只显示一次').waitFor();
      codes = (await area.locator('code').innerText()).trim().split(/\s+/);
      const row = await staff('doctor3');
      expect(row.totpConfirmedAt).not.toBeNull();
      expect(codes.length).toBeGreaterThan(4);
      for (const each of codes) expect(JSON.stringify(row.recoveryCodes)).not.toContain(each);
      await page.reload();
      await area.getByText('已启用。').waitFor();
      expect(await area.innerText()).not.toContain(codes[0]);
    });

    test('is asked for after the password: a wrong code opens nothing, a recovery code opens once', async () => {
      const other = await openWindow('/login');
      const enterWith = async (otp: string) => {
        await other.locator('#otp').fill(otp);
        await other.locator('button[type=submit]').click();
      };
      const start = async () => {
        await other.goto(`${hub.url}/login`);
        await other.locator('#username').fill('doctor3');
        await other.locator('#password').fill(PASSWORD);
        await other.locator('button[type=submit]').click();
        await other.locator('#otp').waitFor();
      };
      await start();
      expect(await other.locator('.ant-alert-error').count()).toBe(0); // asked, not refused
      await other.locator('button[type=submit]').click();
      await other.getByText('请输入验证器上的 6 位数字，或恢复码').waitFor();
      await enterWith('123');
      await other.locator('.ant-alert-error').waitFor();
      await enterWith(codes[0] ?? '');
      await other.waitForURL('**/home');
      await other.context().clearCookies();
      await start();
      await enterWith(codes[0] ?? '');
      await other.locator('.ant-alert-error').waitFor();
      await enterWith(code(30_000)); // each code is taken once: the next one of the authenticator
      await other.waitForURL('**/home');
      await other.context().close();
    });

    test('is ended with the password only', async () => {
      const area = section(page, '双因素认证');
      const end = async (password: string) => {
        await area.getByLabel('当前密码(停用双因素认证)').fill(password);
        await area.getByRole('button', { name: '停用' }).click();
      };
      await end('Wrong-2026!');
      await page.locator('.ant-message-error').waitFor();
      expect((await staff('doctor3')).totpConfirmedAt).not.toBeNull();
      await end(PASSWORD);
      await area.getByRole('button', { name: '启用' }).waitFor();
      expect(await staff('doctor3')).toMatchObject({ totpConfirmedAt: null, totpSecret: null });
      await page.context().close();
    });
  });

  describe('signing', () => {
    const fill = async (page: Page, values: Record<string, string>) => {
      for (const [label, value] of Object.entries(values))
        await section(page, '电子签名').getByLabel(label, { exact: true }).fill(value);
      await section(page, '电子签名').getByRole('button', { name: '保存' }).click();
    };
    const NEW = '新签名密码(6–12 位数字)';
    const AGAIN = '再次输入新签名密码';

    test('a PIN is changed with the present one; letters, a run of digits and a slip are told at the field', async () => {
      const page = await enter('radiologist1', '/account');
      await fill(page, { 现签名密码: PIN, [NEW]: 'abc', [AGAIN]: '975318' });
      await page.getByText('签名密码为 6–12 位数字').waitFor();
      await page.getByText('两次输入不一致').waitFor();
      const refusal = section(page, '电子签名').locator('.ant-alert-error');
      await fill(page, { 现签名密码: '000111', [NEW]: '975318', [AGAIN]: '975318' });
      await refusal.waitFor();
      await fill(page, { 现签名密码: PIN, [NEW]: '123456', [AGAIN]: '123456' });
      await refusal.filter({ hasText: '连续' }).waitFor();
      await fill(page, { 现签名密码: PIN, [NEW]: '975318', [AGAIN]: '975318' });
      await saidIn(page, '签名密码已保存');
      expect(await refusal.count()).toBe(0);
      expect(await certificates('radiologist1')).toMatchObject([{ revokedAt: null }]); // the same certificate
      const client = await hub.as('radiologist1');
      const old = await client.post('/api/signature/pin', { pin: PIN, newPin: '864209' });
      expect(old.status).toBeGreaterThanOrEqual(400);
      await page.context().close();
    });

    test('a forgotten PIN is reset with the password; the certificate is replaced', async () => {
      const page = await enter('radiologist2', '/account');
      const [before] = await certificates('radiologist2');
      await section(page, '电子签名').getByText('忘记密码').click();
      await page.getByText('重置将吊销现有证书并签发新证书').waitFor();
      await fill(page, { 登录密码: 'Wrong-2026!', [NEW]: '975318', [AGAIN]: '975318' });
      await section(page, '电子签名').locator('.ant-alert-error').waitFor();
      expect(await certificates('radiologist2')).toHaveLength(1);
      await fill(page, { 登录密码: PASSWORD, [NEW]: '975318', [AGAIN]: '975318' });
      await saidIn(page, '签名密码已保存');
      const [old, fresh] = await certificates('radiologist2');
      expect(old).toMatchObject({ serialNumber: before?.serialNumber, revokedAt: expect.any(Date) as Date });
      expect(fresh?.revokedAt).toBeNull();
      await section(page, '电子签名')
        .getByText(fresh?.serialNumber.slice(0, 12) ?? '-')
        .waitFor();
      await page.context().close();
    });

    test('who has no certificate yet sets a first PIN; a list that cannot be read says so', async () => {
      const granted = await (
        await hub.as('security1')
      ).post(`/api/staff/${(await staff('doctor4')).id}/roles`, {
        role: 'reporter',
        centerKind: 'imaging',
        institutionId: (await staff('radiologist1')).institutionId,
      });
      expect(granted.status, JSON.stringify(granted.body)).toBeLessThan(300);
      const page = await enter('doctor4', '/account');
      const area = section(page, '电子签名');
      await area.getByText('尚未设置签名密码').waitFor();
      await area.getByLabel(NEW).fill('975318');
      await area.getByLabel(AGAIN).fill('975318');
      await area.getByRole('button', { name: '设置签名密码' }).click();
      await area.getByText('在用').waitFor();
      expect(await certificates('doctor4')).toMatchObject([{ revokedAt: null }]);
      await failsAndComesBack(page, '/api/signature/me', 'section[aria-label="电子签名"] form');
      await page.context().close();
    });

    test('who signs nothing is offered no PIN', async () => {
      const page = await enter('registrar1', '/account');
      await section(page, '登录会话').waitFor();
      expect(await section(page, '电子签名').count()).toBe(0);
      await page.context().close();
    });
  });
});
