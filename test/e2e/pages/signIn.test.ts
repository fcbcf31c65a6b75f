import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { able, dialogOf, enter, hub, openGround, openWindow, PASSWORD, whileBroken } from './ground.ts';

const signIn = async (page: Page, username: string, password = PASSWORD) => {
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.locator('button[type=submit]').click();
};
const openSessions = async (username: string) =>
  hub.ctx.db
    .selectFrom('session')
    .innerJoin('staff', 'staff.id', 'session.staffId')
    .where('staff.username', '=', username)
    .where('session.revokedAt', 'is', null)
    .select('session.id')
    .execute();

describe.skipIf(!able)('signing in (needs Chromium and the built viewer)', () => {
  openGround();

  test('an empty form says at each field what is missing and asks the hub nothing', async () => {
    const page = await openWindow('/login');
    const asked: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && asked.push(request.url()));
    await page.locator('button[type=submit]').click();
    await page.getByText('请输入用户名').waitFor();
    await page.getByText('请输入密码').waitFor();
    expect(asked).toEqual([]);
    await page.context().close();
  });

  test('a wrong password says so without saying which of both is wrong, and opens nothing', async () => {
    const page = await openWindow('/login');
    const alert = page.locator('.ant-alert-error');
    for (const username of ['doctor2', 'nobody-of-this-name']) {
      await signIn(page, username, 'Wrong-2026!');
      await expect.poll(() => alert.innerText().catch(() => '')).toBe('用户名或密码不正确');
      await page.reload();
    }
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(await openSessions('doctor2')).toEqual([]);
    await page.context().close();
  });

  test('the fifth wrong password locks the account, with the time until when, and the right one waits too', async () => {
    const page = await openWindow('/login');
    const alert = page.locator('.ant-alert-error');
    for (let times = 0; times < 5; times += 1) {
      const answered = page.waitForResponse((each) => each.request().method() === 'POST');
      await signIn(page, 'doctor3', `Wrong-${times}!`);
      await answered;
    }
    await signIn(page, 'doctor3');
    await alert.filter({ hasText: /账号锁定至 \d{4}-\d\d-\d\d \d\d:\d\d/ }).waitFor();
    hub.clock.advance(16);
    await signIn(page, 'doctor3');
    await page.waitForURL('**/home');
    expect(await openSessions('doctor3')).toHaveLength(1);
    await page.context().close();
  });

  test('a page asked for without a session is come back to; an address of another host is not', async () => {
    const page = await openWindow('/orders?status=final');
    await page.locator('#username').waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe('/orders?status=final');
    await signIn(page, 'doctor1');
    await page.waitForURL('**/orders?status=final');
    for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
      await page.context().clearCookies();
      await page.goto(`${hub.url}/login?from=${encodeURIComponent(elsewhere)}`);
      await signIn(page, 'doctor1');
      await page.waitForURL('**/home');
      expect(new URL(page.url()).host).toBe(new URL(hub.url).host);
    }
    await page.context().close();
  });

  test('each begins the day where the work is', async () => {
    const homes: [username: string, path: string][] = [
      ['doctor1', '/home'],
      ['radiologist1', '/imaging'],
      ['registrar1', '/queue'],
      ['duty1', '/critical'],
      ['admin1', '/admin'],
      ['auditor1', '/audit'],
      ['qa1', '/quality'],
    ];
    const page = await enter('village1', '/');
    await page.waitForURL('**/home');
    for (const [username, path] of homes) {
      await page.context().request.post(`${hub.url}/api/session`, {
        headers: { origin: hub.url },
        data: { username, password: PASSWORD },
      });
      await page.goto(hub.url);
      await page.waitForURL(hub.url + path);
    }
    await page.context().close();
  });

  test('the language chosen before signing in stays, and its words are complete', async () => {
    const page = await openWindow('/login');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Type your user name').waitFor();
    await signIn(page, 'doctor1', 'Wrong-2026!');
    await page.locator('.ant-alert-error').filter({ hasText: 'User name or password' }).waitFor();
    const words = await page.locator('body').innerText();
    expect(words.replace('中文', '')).not.toMatch(/\p{Script=Han}/u);
    await signIn(page, 'doctor1');
    await page.waitForURL('**/home');
    expect(await page.locator('html').getAttribute('lang')).toBe('en-US');
    await page.context().close();
  });

  test.each([
    ['unlinked', '尚未关联本平台人员'],
    ['inactive', '账号已停用'],
    ['expired', '登录等待时间过长'],
    ['unreachable', '暂时无法连接'],
    ['not-proved', '应答未通过校验'],
  ])('who comes back from the identity provider without success reads why: %s', async (why, words) => {
    const page = await openWindow(`/login?provider=${why}`);
    await page.locator('.ant-alert-error').filter({ hasText: words }).waitFor();
    await page.context().close();
  });

  test('a hub that is away or refuses is told as that, not as a wrong password', async () => {
    const page = await openWindow('/login');
    const alert = page.locator('.ant-alert-error');
    await whileBroken(page, '/api/session', 'line', async () => {
      await signIn(page, 'doctor1');
      await alert.filter({ hasText: '无法连接共享中心' }).waitFor();
    });
    await whileBroken(page, '/api/session', 500, async () => {
      await page.locator('button[type=submit]').click();
      await alert.filter({ hasText: '共享中心暂时无法处理' }).waitFor();
    });
    await page.locator('button[type=submit]').click();
    await page.waitForURL('**/home');
    await page.context().close();
  });

  test('a page opened while the hub is away says so and goes on by itself when it is back', async () => {
    const page = await enter('doctor1', '/orders');
    await page.locator('h1').first().waitFor();
    await whileBroken(page, '/api/session', 502, async () => {
      await page.reload();
      await page.locator('.hub-state[role=alert]').filter({ hasText: '共享中心暂时无法处理' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/orders'); // not sent to sign in
    });
    await page.locator('h1').filter({ hasText: '申请' }).waitFor();
    await page.context().close();
  });

  test('a password that somebody else gave out is replaced before anything else is shown', async () => {
    await hub.ctx.db
      .updateTable('staff')
      .set({ mustChangePassword: true })
      .where('username', '=', 'nurse1')
      .execute();
    const page = await enter('nurse1', '/orders');
    await page.getByText('请先修改初始密码').waitFor();
    expect(await page.locator('.hub-shell').count()).toBe(0);
    const fill = async (current: string, next: string, again = next) => {
      await page.getByLabel('当前密码').fill(current);
      await page.getByLabel('新密码').fill(next);
      await page.getByLabel('再次输入').fill(again);
      await page.getByRole('button', { name: '修改', exact: true }).click();
    };
    await fill(PASSWORD, 'short');
    await page.getByText('至少 8 位，含字母、数字与符号').waitFor();
    await fill(PASSWORD, 'Other-2026!', 'Other-2027!');
    await page.getByText('两次输入不一致').waitFor();
    await fill('Wrong-2026!', 'Other-2026!');
    await page.locator('.ant-message-error').waitFor();
    const row = () =>
      hub.ctx.db
        .selectFrom('staff')
        .select('mustChangePassword')
        .where('username', '=', 'nurse1')
        .executeTakeFirstOrThrow();
    expect(await row()).toEqual({ mustChangePassword: true });
    await fill(PASSWORD, 'Other-2026!');
    await page.locator('.hub-shell').waitFor();
    expect(await row()).toEqual({ mustChangePassword: false });
    expect(new URL(page.url()).pathname).toBe('/orders');
    await page.context().close();
  });

  test('a session ended elsewhere leads to the login page and back to what was being looked at', async () => {
    const page = await enter('doctor1', '/orders?center=ecg');
    await page.locator('h1').first().waitFor();
    await hub.ctx.db.updateTable('session').set({ revokedAt: new Date() }).execute();
    await page.getByLabel('状态').waitFor();
    await page.getByRole('searchbox').last().fill('无此人');
    await page.keyboard.press('Enter');
    await page.locator('#username').waitFor();
    await signIn(page, 'doctor1');
    await page.waitForURL(/\/orders\?center=ecg&q=/);
    await page.context().close();
  });

  test('signing out ends the session for the hub and leaves nothing to go back to', async () => {
    const page = await enter('village1', '/home');
    const before = await openSessions('village1');
    await page.getByRole('button', { name: '冯大年' }).click();
    await page.getByRole('menuitem', { name: '退出' }).click();
    await page.locator('#username').waitFor();
    expect((await openSessions('village1')).length).toBe(before.length - 1);
    await page.goBack().catch(() => undefined);
    await page.locator('#username').waitFor();
    await page.context().close();
  });

  test('an address that leads nowhere says so and leads home; the keys of a page are told by a question mark', async () => {
    const page = await enter('doctor1', '/no-such-page');
    await page.locator('#content').getByRole('link').click();
    await page.waitForURL('**/home');
    await page.keyboard.press('?');
    await dialogOf(page).locator('dl > div').filter({ hasText: 'CtrlK' }).getByText('查找').waitFor();
    await page.context().close();
  });
});
