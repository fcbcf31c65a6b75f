import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Asked, type Shown } from '../browser/page.ts';

// A PC whose clock is not the county's.
const hub = openPages('lab', { timezoneId: 'America/New_York' });
const row = (orderId: string, printedAt: string | null = null) => ({
  orderId,
  accessionNumber: `L-${orderId}`,
  patientName: '张三',
  itemName: '血常规',
  finalAt: '2026-11-22T01:00:00Z',
  status: 'final',
  institutionName: '城关镇卫生院',
  institutionCode: 'T01',
  printedAt,
  pdf: '/x.pdf',
});
let items: ReturnType<typeof row>[];
const print = 'POST /api/lab/printable.pdf';
beforeEach(() => {
  items = [row('a'), row('b'), row('c', '2026-11-22T02:00:00Z')];
  hub.answer({
    'GET /api/events': (_asked: Asked, response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    'GET /api/lab/printable': () => ({ items, total: items.length }),
  });
});
const press = ({ page }: Shown, n: number) => page.getByRole('button', { name: `打印 ${n} 份` }).click();
const said = ({ page }: Shown, words: string) => page.getByText(words).count();
const chosen = () =>
  (hub.asked.find(({ method }) => method === 'POST')?.body as { orderIds: string[] }).orderIds;

describe.runIf(withBrowser)('reports printed together', () => {
  test('are those of the last three days of the county, the ones not printed yet chosen already', async () => {
    hub.answer({ [print]: new Status(200, {}, { 'content-type': 'application/pdf', 'x-printed': '2' }) });
    const shown = await hub.show('Print');
    await press(shown, 2);
    await expect.poll(() => said(shown, '已生成 2 份')).toBeGreaterThan(0);
    expect(chosen()).toEqual(['a', 'b']);
    const day = (ago: number) =>
      new Date(Date.now() + 8 * 3_600_000 - ago * 86_400_000).toISOString().slice(0, 10);
    const list = new URL(hub.asked.find(({ path }) => path.includes('printable?'))?.path ?? '', 'http://hub')
      .searchParams;
    expect([list.get('from'), list.get('to')]).toEqual([day(2), day(0)]);
  });

  test('once printed are chosen anew where all are wanted', async () => {
    hub.answer({ [print]: new Status(200, {}, { 'content-type': 'application/pdf' }) });
    const shown = await hub.show('Print');
    await shown.page.getByLabel('仅未打印').uncheck();
    await press(shown, 3);
    await expect.poll(() => said(shown, '已生成 3 份')).toBeGreaterThan(0);
    expect(chosen()).toEqual(['a', 'b', 'c']);
  });

  test('that may not be printed say why; a lost line says so; what was chosen stays chosen', async () => {
    hub.answer({ [print]: new Status(403, { type: 'urn:hub:problem/forbidden', status: 403 }) });
    const shown = await hub.show('Print');
    await press(shown, 2);
    await expect.poll(() => said(shown, '您没有此项权限')).toBeGreaterThan(0);
    hub.answer({ [print]: lost });
    await press(shown, 2);
    await expect.poll(() => said(shown, '无法连接')).toBeGreaterThan(0);
    expect(await shown.page.getByRole('button', { name: '打印 2 份' }).isEnabled()).toBe(true);
  });

  test('none is nothing to print', async () => {
    items = [row('c', '2026-11-22T02:00:00Z')];
    const shown = await hub.show('Print');
    await expect.poll(() => said(shown, '没有符合条件的报告。')).toBe(1);
    expect(await shown.page.getByRole('button', { name: '打印 0 份' }).isDisabled()).toBe(true);
  });
});
