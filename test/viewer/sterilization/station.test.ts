import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Asked, type Shown } from '../browser/page.ts';

const hub = openPages('station');
const act = 'POST /api/sterilization/pack';
const handOver = 'POST /api/sterilization/scans';
interface Sent {
  scans: { sequence: number; operation: string; input: { code: string }; ticket?: string }[];
}
/** Codes that the hub has taken over from queues, in order. */
let taken: string[];
beforeEach(() => {
  taken = [];
  hub.answer({
    'GET /api/events': (_asked: Asked, response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    'GET /api/sterilization/station-ticket': { ticket: 'proof' },
    [act]: ({ body }: Asked) => ({ code: (body as { code: string }).code }),
    [handOver]: ({ body }: Asked) => takeOver(body as Sent),
  });
});

const scan = async ({ page }: Shown, ...codes: string[]) => {
  for (const code of codes) {
    await page.getByLabel('code').fill(code);
    await page.getByLabel('code').press('Enter');
    await expect
      .poll(() =>
        page
          .locator('li')
          .filter({ hasText: ` ${code} ` })
          .count(),
      )
      .toBeGreaterThan(0);
  }
};
const lines = ({ page }: Shown) => page.locator('li').allTextContents();
const waiting = ({ page }: Shown) => page.locator('output').textContent();
const acts = () =>
  hub.asked
    .filter(({ path }) => path === '/api/sterilization/pack')
    .map(({ body }) => (body as { code: string }).code);

describe.runIf(withBrowser)('a scan station', () => {
  test('sends each scan with where and when it was made, the newest on top', async () => {
    const shown = await hub.show('Station');
    await scan(shown, 'P1', 'P2');
    expect(await lines(shown)).toEqual(['ok P2 已包装', 'ok P1 已包装']);
    const sent = hub.asked.find(({ path }) => path === '/api/sterilization/pack')?.body as Record<
      string,
      string
    >;
    expect(sent['station']).toMatch(/^pack [0-9A-Z]{1,5}$/);
    expect(sent['deviceAt']).toMatch(/^\d{4}-.*Z$/);
    expect(await shown.told()).toEqual([
      ['answer', { code: 'P1' }],
      ['answer', { code: 'P2' }],
    ]);
  });

  test('a refusal says why and keeps nothing', async () => {
    hub.answer({
      [act]: new Status(409, {
        type: 'urn:hub:problem/step-already-done',
        status: 409,
        code: 'P1',
        state: 'packed',
      }),
    });
    const shown = await hub.show('Station');
    await scan(shown, 'P1');
    expect(await lines(shown)).toEqual([expect.stringMatching(/^wrong P1 该步骤已完成/)]);
    expect(await waiting(shown)).toBe('0');
    expect(await shown.told()).toEqual([['answer', null]]);
  });

  test('keeps scans while the line is lost, and hands them over in order when it is back', async () => {
    hub.answer({ [act]: lost, [handOver]: lost });
    const shown = await hub.show('Station', {}, { clock: true });
    await scan(shown, 'P1', 'P2', 'P3');
    expect([await waiting(shown), (await lines(shown)).every((line) => line.startsWith('queued'))]).toEqual([
      '3',
      true,
    ]);
    hub.answer({ [handOver]: ({ body }: Asked) => takeOver(body as Sent) });
    await shown.page.clock.fastForward(4000);
    await expect.poll(() => waiting(shown)).toBe('0');
    expect(taken).toEqual(['P1', 'P2', 'P3']);
    expect((await lines(shown)).slice(0, 3).every((line) => line.startsWith('ok'))).toBe(true);
  });

  test('a new scan never overtakes those that wait', async () => {
    hub.answer({ [act]: lost, [handOver]: lost });
    const shown = await hub.show('Station', {}, { clock: true });
    await scan(shown, 'P1');
    hub.asked.length = 0;
    hub.answer({ [act]: ({ body }: Asked) => body }); // acts would come through, the queue does not
    await scan(shown, 'P2');
    expect([acts(), await waiting(shown)]).toEqual([[], '2']);
    hub.answer({ [handOver]: ({ body }: Asked) => takeOver(body as Sent) });
    await scan(shown, 'P3');
    expect([taken, acts(), await waiting(shown)]).toEqual([['P1', 'P2'], ['P3'], '0']);
  });

  test('an act that needs the hub is not kept', async () => {
    hub.answer({ [act]: lost });
    const shown = await hub.show('Station');
    await shown.page.getByLabel('strict').check();
    await scan(shown, 'P1');
    expect(await waiting(shown)).toBe('0');
    expect((await lines(shown))[0]).toMatch(/^wrong P1/);
  });

  test('a kept scan that the hub refuses is told with its code and who made it; the others go over', async () => {
    hub.answer({ [act]: lost, [handOver]: lost });
    const shown = await hub.show('Station', {}, { clock: true });
    await scan(shown, 'P1', 'P2');
    hub.answer({
      [handOver]: ({ body }: Asked) => ({
        results: (body as Sent).scans.map(({ sequence, input }) => ({
          sequence,
          outcome: input.code === 'P1' ? 'conflict' : 'accepted',
          problem: 'step-already-done: P1: is already stored',
          person: '周护士',
        })),
      }),
    });
    await shown.page.clock.fastForward(4000);
    await expect.poll(() => waiting(shown)).toBe('0');
    expect((await lines(shown)).find((line) => line.startsWith('wrong'))).toMatch(
      /P1 .*该步骤已完成（已入库）.*周护士/,
    );
  });

  test('scans of another person are named, and go with his own proof', async () => {
    hub.answer({ [act]: lost, [handOver]: lost });
    const first = await hub.show('Station', {}, { clock: true });
    await scan(first, 'P1');
    const storage = (await first.page.evaluate('({ ...localStorage })')) as Record<string, string>;
    hub.answer({ 'GET /api/sterilization/station-ticket': { ticket: 'proof-of-o' } });
    const second = await hub.show('Station', { user: { id: 'o', name: '吴护士' } }, { clock: true, storage });
    expect(await second.page.locator('p').textContent()).toBe('周护士');
    hub.asked.length = 0;
    hub.answer({ [handOver]: ({ body }: Asked) => takeOver(body as Sent) });
    await second.page.clock.fastForward(4000);
    await expect.poll(() => waiting(second)).toBe('0');
    const [scans] = hub.asked
      .filter(({ path }) => path.endsWith('/scans'))
      .map(({ body }) => (body as Sent).scans);
    expect(scans?.map(({ ticket }) => ticket)).toEqual(['proof']);
    await expect.poll(() => second.page.locator('p').textContent()).toBe('');
  });
});

function takeOver({ scans }: Sent) {
  taken.push(...scans.map(({ input }) => input.code));
  return {
    results: scans.map(({ sequence }) => ({ sequence, outcome: 'accepted', problem: '', person: '周护士' })),
  };
}
