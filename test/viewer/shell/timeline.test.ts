import { describe, expect, test } from 'vitest';
import { openPages, Status, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('forms');
const path = 'GET /api/orders/o1/timeline';
const step = (kind: string, at: string, more: object = {}) => ({
  kind,
  at,
  actorName: null,
  detail: null,
  ...more,
});
const clock = (code: string, state: string, more: object = {}) => ({
  code, name: code, kind: 'report', mark: 'L', targetMinutes: 30, state, elapsedMinutes: null, dueAt: null, ...more,
}); // prettier-ignore
const texts = ({ page }: Shown, selector: string) => page.locator(selector).allTextContents();

describe.runIf(withBrowser)('the timeline of an order', () => {
  test('says each step, who did it and how long after the one before', async () => {
    hub.answer({
      [path]: {
        items: [
          step('received', '2026-11-22T01:00:00Z', { actorName: '王五' }),
          step('claimed', '2026-11-22T01:42:00Z'),
          step('own-kind', '2026-11-22T04:05:06Z', { actorName: '李四' }),
        ],
      },
    });
    const shown = await hub.show('Steps');
    await expect.poll(() => texts(shown, '.hub-timeline-gap')).toEqual(['42 分', '2 时 23 分']);
    const steps = await texts(shown, '.hub-timeline-step');
    expect(steps[0]).toContain('09:00:00');
    expect(steps[0]).toContain('王五');
    expect(steps[1]).toContain('系统');
    expect(steps[2]).toMatch(/^own-kind12:05:06李四/);
  });

  test('tells the facts that a person reads, in words, and no others', async () => {
    const detail = {
      grade: 'C',
      faults: ['motion'],
      orderId: 'secret-id',
      note: '',
      items: [],
      number: 'A1',
      inner: { a: 1 },
    };
    hub.answer({
      [path]: { items: [step('graded', '2026-11-22T01:00:00Z', { detail, reason: 'incomplete,own-code' })] },
    });
    const shown = await hub.show('Steps', { center: 'imaging' });
    await expect.poll(() => texts(shown, '.hub-timeline-detail')).toHaveLength(1);
    const [told = ''] = await texts(shown, '.hub-timeline-detail');
    expect(told).toContain('A1');
    expect(told).toContain('丙 · ');
    expect(told).toContain('运动伪影');
    expect(told).toContain('、own-code');
    expect(told).not.toMatch(/secret|motion|incomplete|inner/);
  });

  test('its clocks say what they reached; one that runs past its time says by how much', async () => {
    const now = Date.now();
    hub.answer({
      [path]: {
        items: [step('received', '2026-11-22T01:00:00Z')],
        clocks: [
          clock('met', 'met', { elapsedMinutes: 12 }),
          clock('gone', 'breached', { elapsedMinutes: 95 }),
          clock('late', 'running', { dueAt: new Date(now - 10.5 * 60_000).toISOString() }),
          clock('running', 'running', { dueAt: new Date(now + 3_600_000).toISOString() }),
          clock('void', 'void'),
        ],
      },
    });
    const shown = await hub.show('Steps');
    await expect.poll(() => texts(shown, '.hub-clocks li')).toHaveLength(4);
    const [met = '', gone = '', late = '', running = ''] = await texts(shown, '.hub-clocks li');
    expect(met).toMatch(/^met .*12 分 \/ 30 分$/);
    expect(gone).toMatch(/1 时 35 分 \/ 30 分$/);
    expect(late).toContain('超 10 分');
    expect(running).not.toContain('超');
    expect(await shown.page.locator('.hub-clocks .hub-tone-breach').count()).toBe(2);
  });

  test('that is empty, or cannot be read, says so', async () => {
    hub.answer({ [path]: { items: [] } });
    const empty = await hub.show('Steps');
    await expect.poll(() => empty.page.locator('#root').textContent()).toMatch(/case.+/);
    hub.answer({ [path]: new Status(403, { type: 'urn:hub:problem/forbidden', status: 403 }) });
    const refused = await hub.show('Steps');
    await expect.poll(() => refused.page.locator('#root').textContent()).toContain('您没有');
    expect(await refused.page.locator('.hub-timeline').count()).toBe(0);
  });
});

describe.runIf(withBrowser)('the bar over a worklist', () => {
  const filter = async ({ page }: Shown) =>
    JSON.parse((await page.locator('output').textContent()) ?? '') as object;
  const choose = async ({ page }: Shown, label: string, option: string) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.locator('.ant-select-item-option', { hasText: option }).last().click();
  };
  const institutions = { items: [{ id: 'i1', name: '城关镇卫生院' }] };

  test('narrows step by step; what is taken back is no part of it', async () => {
    hub.answer({ 'GET /api/institutions': institutions });
    const shown = await hub.show('Filters');
    await choose(shown, '优先级', '急诊');
    await choose(shown, '申请机构', '城关镇卫生院');
    await shown.page.getByRole('searchbox').fill(' 张三 ');
    await shown.page.getByRole('searchbox').press('Enter');
    await expect.poll(() => filter(shown)).toEqual({ priority: 'emergency', institution: 'i1', q: '张三' });
    await choose(shown, '状态', '已签发');
    await choose(shown, '状态', '全部待办');
    await shown.page.getByRole('searchbox').fill('');
    await shown.page.getByRole('searchbox').press('Enter');
    await expect.poll(() => filter(shown)).toEqual({ priority: 'emergency', institution: 'i1' });
  });

  test('keeps a filter by name on this machine, and a name again replaces it', async () => {
    hub.answer({ 'GET /api/institutions': institutions });
    const shown = await hub.show('Filters');
    const keep = async (name: string) => {
      await shown.page.getByRole('button', { name: '常用筛选' }).click();
      await shown.page.getByLabel('筛选名称').fill(name);
      await shown.page.getByLabel('筛选名称').press('Enter');
      await shown.page.keyboard.press('Escape');
    };
    const saved = async () =>
      JSON.parse(
        await shown.page.evaluate<string>("localStorage.getItem('hub.filters.imaging') ?? '[]'"),
      ) as unknown;
    await choose(shown, '优先级', '急诊');
    await keep('夜班');
    await choose(shown, '优先级', '加急');
    await keep('夜班');
    await expect.poll(saved).toEqual([{ name: '夜班', filter: { priority: 'urgent' } }]);
  });

  test('columns that must stand cannot be hidden', async () => {
    hub.answer({ 'GET /api/institutions': institutions });
    const shown = await hub.show('Filters');
    await shown.page.getByRole('button', { name: '显示的列' }).click();
    const box = (name: string) => shown.page.getByRole('checkbox', { name, exact: true });
    expect([await box('患者').isDisabled(), await box('优先级').isDisabled()]).toEqual([true, false]);
    await box('优先级').uncheck();
    expect(await shown.page.locator('pre').textContent()).toBe('priority');
  });
});
