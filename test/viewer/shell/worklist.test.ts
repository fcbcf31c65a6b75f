import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Asked, type Shown } from '../browser/page.ts';

const hub = openPages('shell');
const path = '/api/centers/imaging/worklist';
type Row = { orderId: string; status: string };
let rows: Row[];
let events: ServerResponse[];
const row = (orderId: string, status = 'received'): Row => ({ orderId, status });
beforeEach(() => {
  rows = [row('a'), row('b')];
  events = [];
  hub.answer({
    'GET /api/events': (_asked: Asked, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      events.push(response);
      return undefined;
    },
    [`GET ${path}`]: () => ({ items: rows, nextCursor: null }),
  });
});
const say = async (type: string, data: object = {}, id = '') => {
  await expect.poll(() => events.length).toBeGreaterThan(0);
  events.at(-1)?.write(`${id && `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
};
const shownRows = ({ page }: Shown) => page.locator('li').allTextContents();
const fresh = ({ page }: Shown) => page.locator('output').textContent();
const press = ({ page }: Shown, name: string) => page.getByRole('button', { name }).click();
const lists = () => hub.asked.filter((one) => one.path.startsWith(path)).length;

describe.runIf(withBrowser)('the worklist', () => {
  test('known rows change in place; a new one waits until it is asked for, so that nothing moves under the pointer', async () => {
    const shown = await hub.show('Worklist');
    await expect.poll(() => shownRows(shown)).toEqual(['a received', 'b received']);
    rows = [row('new'), row('a', 'claimed'), row('b')];
    await say('order.changed', { center: 'imaging' });
    await expect.poll(() => shownRows(shown)).toEqual(['a claimed', 'b received']);
    expect(await fresh(shown)).toBe('1');
    await press(shown, 'show');
    await expect.poll(() => shownRows(shown)).toEqual(['new received', 'a claimed', 'b received']);
    expect(await fresh(shown)).toBe('0');
  });

  test('a row that is done leaves at once', async () => {
    const shown = await hub.show('Worklist');
    await expect.poll(() => shownRows(shown)).toHaveLength(2);
    rows = [row('b')];
    await say('order.changed', { center: 'imaging' });
    await expect.poll(() => shownRows(shown)).toEqual(['b received']);
  });

  test('an empty list shows the first case that comes', async () => {
    rows = [];
    const shown = await hub.show('Worklist');
    await expect.poll(lists).toBe(1);
    rows = [row('a')];
    await say('order.new', { center: 'imaging' });
    await expect.poll(() => shownRows(shown)).toEqual(['a received']);
  });

  test('what happens elsewhere is not asked for: another centre, a critical value, a notice', async () => {
    const shown = await hub.show('Worklist');
    await expect.poll(() => shownRows(shown)).toHaveLength(2);
    await say('order.changed', { center: 'ecg' });
    await say('critical.open', { center: 'imaging' });
    await say('notice', {});
    rows = [row('a', 'claimed'), row('b')];
    await say('order.changed', { center: 'imaging' });
    await expect.poll(() => shownRows(shown)).toEqual(['a claimed', 'b received']);
    expect(lists()).toBe(2);
  });

  test('many events at once ask once', async () => {
    const shown = await hub.show('Worklist');
    await expect.poll(() => shownRows(shown)).toHaveLength(2);
    for (let n = 0; n < 20; n += 1) await say('order.changed', { center: 'imaging' });
    rows = [row('b', 'preliminary')];
    await expect.poll(() => shownRows(shown)).toEqual(['b preliminary']);
    expect(lists()).toBeLessThan(6);
  });

  test('another filter shows all that it finds', async () => {
    const shown = await hub.show('Worklist');
    await expect.poll(() => shownRows(shown)).toHaveLength(2);
    rows = [row('u1'), row('u2'), row('u3')];
    await press(shown, 'filter');
    await expect.poll(() => shownRows(shown)).toEqual(['u1 received', 'u2 received', 'u3 received']);
    expect(await fresh(shown)).toBe('0');
  });

  test('the next page stands behind the first', async () => {
    hub.answer({
      [`GET ${path}`]: (asked: Asked) =>
        asked.path.includes('cursor=c1')
          ? { items: [row('c')], nextCursor: null }
          : { items: rows, nextCursor: 'c1' },
    });
    const shown = await hub.show('Worklist');
    await press(shown, 'more');
    await expect.poll(() => shownRows(shown)).toEqual(['a received', 'b received', 'c received']);
    expect(await fresh(shown)).toBe('0');
    expect(await shown.page.getByRole('button', { name: 'more' }).count()).toBe(0);
  });
});

describe.runIf(withBrowser)('the line to the hub', () => {
  const line = ({ page }: Shown) => page.locator('output').textContent();

  test('is one for all who listen, and each hears every event once', async () => {
    const shown = await hub.show('Line');
    await say('order.new', { orderId: 'o1' });
    await expect
      .poll(() => shown.told())
      .toEqual([
        ['order.new', { orderId: 'o1' }],
        ['order.new', { orderId: 'o1' }],
      ]);
    expect(events).toHaveLength(1);
  });

  test('that is lost says so, and goes on after the last event that was heard', async () => {
    const shown = await hub.show('Line', {}, { clock: true });
    await say('order.new', {}, '1-5');
    await expect.poll(async () => (await shown.told()).length).toBe(2);
    events[0]?.destroy();
    await expect.poll(() => line(shown)).toBe('offline');
    await expect.poll(() => line(shown)).toBe('online');
    const again = hub.asked.filter((one) => one.path === '/api/events');
    expect(again.at(-1)?.headers['last-event-id']).toBe('1-5');
    expect((await shown.told()).filter(([type]) => type === 'reset')).toEqual([]);
  });

  test('without a number to go on from everything is read again', async () => {
    const shown = await hub.show('Line');
    await expect.poll(() => events.length).toBe(1);
    events[0]?.end();
    await expect.poll(async () => (await shown.told()).map(([type]) => type)).toEqual(['reset', 'reset']);
  });

  test('a hub that is down is asked with growing pauses, and nobody signed in is not asked at all', async () => {
    hub.answer({ 'GET /api/events': lost });
    const shown = await hub.show('Line', {}, { clock: true });
    const tries = () => hub.asked.filter((one) => one.path === '/api/events').length;
    await expect.poll(() => line(shown)).toBe('offline');
    await shown.page.clock.fastForward(60_000);
    await expect.poll(tries).toBeGreaterThan(1);
    hub.answer({ 'GET /api/events': new Status(401) });
    await shown.page.clock.fastForward(60_000);
    const before = tries();
    await shown.page.clock.fastForward(60_000);
    await shown.page.clock.fastForward(60_000);
    expect(tries() - before).toBeLessThan(2);
  });
});
