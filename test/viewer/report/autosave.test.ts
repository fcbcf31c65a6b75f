import { beforeEach, describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('report');
const path = '/api/orders/o1/report';
const draftKey = 'hub.draft.report.o1';

/** The report as the hub keeps it; `If-Match` decides as there. */
let kept: { findings: string; version: number; editor: string };
const etag = () => `"${kept.version}"`;
const answered = () =>
  new Status(
    200,
    { orderId: 'o1', state: 'draft', version: kept.version, findings: kept.findings, updatedBy: kept.editor },
    { etag: etag() },
  );
const save = (body: unknown, match: string | undefined) => {
  if (match !== etag())
    return new Status(412, { type: 'urn:hub:problem/version-conflict', status: 412, editor: kept.editor });
  kept = { findings: (body as typeof kept).findings, version: kept.version + 1, editor: '我' };
  return answered();
};
const somebodySaves = (findings: string) => {
  kept = { findings, version: kept.version + 1, editor: '李四' };
};

beforeEach(() => {
  kept = { findings: '双肺清晰。', version: 3, editor: '王五' };
  hub.answer({
    [`GET ${path}`]: answered,
    [`PUT ${path}`]: ({ body, headers }: { body: unknown; headers: Record<string, string> }) =>
      save(body, headers['if-match']),
  });
});

const box = ({ page }: Shown) => page.getByRole('textbox', { name: 'findings' });
const saving = ({ page }: Shown) => page.locator('output').textContent();
const facts = async ({ page }: Shown) =>
  JSON.parse((await page.locator('pre').textContent()) ?? '') as Record<string, unknown>;
const press = ({ page }: Shown, name: string) => page.getByRole('button', { name, exact: true }).click();
const onMachine = ({ page }: Shown) => page.evaluate((key) => localStorage.getItem(key), draftKey);
const saves = () =>
  hub.asked.filter(({ method }) => method === 'PUT').map(({ body }) => (body as typeof kept).findings);

async function opened(options: Parameters<typeof hub.show>[2] = { clock: true }): Promise<Shown> {
  const shown = await hub.show('Draft', {}, options);
  await expect.poll(() => box(shown).inputValue()).toBe(kept.findings);
  return shown;
}

describe.runIf(withBrowser)('a report that is written', () => {
  test('goes to the hub once, a moment after the last stroke, and then is no longer kept on this machine', async () => {
    const shown = await opened();
    for (const text of ['双肺', '双肺纹', '双肺纹理增多']) {
      await box(shown).fill(text);
      await shown.page.clock.fastForward(1000);
    }
    expect(saves()).toEqual([]);
    expect(await saving(shown)).toBe('waiting');
    expect(await onMachine(shown)).toContain('双肺纹理增多');
    await shown.page.clock.fastForward(300);
    await expect.poll(() => saving(shown)).toBe('idle');
    expect(saves()).toEqual(['双肺纹理增多']);
    expect(kept).toMatchObject({ findings: '双肺纹理增多', version: 4 });
    expect(await onMachine(shown)).toBeNull();
  });

  test('what is typed while it is being saved is saved after it, on top of it', async () => {
    const shown = await opened();
    hub.answer({
      [`PUT ${path}`]: async ({ body, headers }: { body: unknown; headers: Record<string, string> }) => {
        if (saves().length === 1) await box(shown).fill('第二句');
        return save(body, headers['if-match']);
      },
    });
    await box(shown).fill('第一句');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => saves()).toEqual(['第一句']);
    await expect.poll(() => saving(shown)).toBe('waiting');
    expect(await onMachine(shown)).toContain('第二句');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => kept).toMatchObject({ findings: '第二句', version: 5 });
    await expect.poll(() => saving(shown)).toBe('idle');
  });

  test.each([
    ['lost line', lost],
    ['hub that fails', new Status(503, { status: 503 })],
  ])('a %s keeps the text on this machine and saves it when the hub is back', async (_name, fault) => {
    const shown = await opened();
    hub.answer({ [`PUT ${path}`]: fault });
    await box(shown).fill('未保存');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => saving(shown)).toBe('failed');
    expect(await onMachine(shown)).toContain('未保存');
    hub.answer({
      [`PUT ${path}`]: ({ body, headers }: { body: unknown; headers: Record<string, string> }) =>
        save(body, headers['if-match']),
    });
    await shown.page.clock.fastForward(4000);
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => kept.findings).toBe('未保存');
    await expect.poll(() => onMachine(shown)).toBeNull();
  });

  test('a refusal is not sent again and again', async () => {
    const shown = await opened();
    hub.answer({ [`PUT ${path}`]: new Status(403, { status: 403 }) });
    await box(shown).fill('不许写');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => saving(shown)).toBe('failed');
    await shown.page.clock.fastForward(60_000);
    expect(saves()).toEqual(['不许写']);
    expect(await onMachine(shown)).toContain('不许写');
  });

  test('an order that moved on is read again, but not over what is typed', async () => {
    const shown = await opened();
    somebodySaves('审核人改过');
    await press(shown, 'claimed');
    await expect.poll(() => box(shown).inputValue()).toBe('审核人改过');
    await shown.leave();

    const other = await opened();
    await box(other).fill('我正在写');
    somebodySaves('审核人又改过');
    await press(other, 'claimed');
    await other.page.clock.fastForward(100);
    expect(await box(other).inputValue()).toBe('我正在写');
    expect(hub.asked.filter(({ method }) => method === 'GET')).toHaveLength(3); // two openings, one move
  });
});

describe.runIf(withBrowser)('a report that two people write', () => {
  /** Mine is typed on version 3, and somebody has saved version 4 since. */
  async function inConflict(): Promise<Shown> {
    const shown = await opened();
    await box(shown).fill('我的');
    somebodySaves('他的');
    await shown.page.clock.fastForward(1200);
    await expect
      .poll(async () => (await facts(shown))['conflict'])
      .toMatchObject({
        editor: '李四',
        etag: '"4"',
        theirs: { findings: '他的' },
      });
    return shown;
  }

  test('is not overwritten: the writer is told who saved, and nothing is sent until he has chosen', async () => {
    const shown = await inConflict();
    await box(shown).fill('我的,再改');
    await shown.page.clock.fastForward(10_000);
    expect(saves()).toEqual(['我的']);
    expect(kept).toMatchObject({ findings: '他的', version: 4 });
    expect(await onMachine(shown)).toContain('我的,再改');
  });

  test("chosen mine, it replaces the other's on top of his version", async () => {
    const shown = await inConflict();
    await press(shown, 'mine');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => kept).toMatchObject({ findings: '我的', version: 5 });
    await expect.poll(async () => (await facts(shown))['conflict']).toBeNull();
    await expect.poll(() => onMachine(shown)).toBeNull();
  });

  test('chosen his, mine is gone and the next save stands on his', async () => {
    const shown = await inConflict();
    await press(shown, 'theirs');
    await expect.poll(() => box(shown).inputValue()).toBe('他的');
    expect(await onMachine(shown)).toBeNull();
    await box(shown).fill('他的,我补充');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => kept).toMatchObject({ findings: '他的,我补充', version: 5 });
  });

  test('where the other text cannot be read now, the next try finds the conflict again', async () => {
    const shown = await opened();
    await box(shown).fill('我的');
    somebodySaves('他的');
    hub.answer({ [`GET ${path}`]: lost });
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => saving(shown)).toBe('failed');
    expect((await facts(shown))['conflict']).toBeNull();
    hub.answer({ [`GET ${path}`]: answered });
    await press(shown, 'save');
    await expect.poll(async () => (await facts(shown))['conflict']).toMatchObject({ editor: '李四' });
    expect(kept.findings).toBe('他的');
  });
});

describe.runIf(withBrowser)('what this machine kept of a report', () => {
  const left = (findings: string) => ({
    [draftKey]: JSON.stringify({
      at: Date.parse('2026-11-22T01:00:00Z'),
      value: { content: { findings }, baseVersion: 0 },
    }),
  });

  test('is offered when the report is opened again, and saved when it is taken', async () => {
    const shown = await opened({ clock: true, storage: left('昨晚写的') });
    await expect
      .poll(async () => (await facts(shown))['found'])
      .toEqual({ at: Date.parse('2026-11-22T01:00:00Z'), content: { findings: '昨晚写的' } });
    await press(shown, 'use');
    expect(await box(shown).inputValue()).toBe('昨晚写的');
    await shown.page.clock.fastForward(1200);
    await expect.poll(() => kept.findings).toBe('昨晚写的');
    await expect.poll(async () => (await facts(shown))['found']).toBeNull();
  });

  test('declined, it is gone and the hub keeps its own', async () => {
    const shown = await opened({ clock: true, storage: left('昨晚写的') });
    await expect.poll(async () => (await facts(shown))['found']).not.toBeNull();
    await press(shown, 'drop');
    await expect.poll(() => onMachine(shown)).toBeNull();
    expect([await box(shown).inputValue(), saves()]).toEqual(['双肺清晰。', []]);
  });

  test.each([
    ['the same text', { findings: '双肺清晰。' }, 'draft'],
    ['a report that is signed', { findings: '昨晚写的' }, 'final'],
  ])('is not offered for %s', async (_name, content, state) => {
    hub.answer({
      [`GET ${path}`]: new Status(200, { orderId: 'o1', state, version: 3, findings: kept.findings }),
    });
    const shown = await opened({ clock: true, storage: left(content.findings) });
    expect((await facts(shown))['found']).toBeNull();
  });

  test('a report that cannot be read says so', async () => {
    hub.answer({ [`GET ${path}`]: new Status(404, { status: 404 }) });
    const shown = await hub.show('Draft', {}, { clock: true });
    await expect.poll(async () => (await facts(shown))['failed']).toBe(true);
  });

  test('a page that is left takes its unsaved text along to the next opening', async () => {
    const shown = await opened();
    await box(shown).fill('没来得及');
    await shown.leave();
    await shown.page.clock.fastForward(5000);
    expect(saves()).toEqual([]);
    await shown.page.reload();
    await expect
      .poll(async () => (await facts(shown))['found'])
      .toMatchObject({ content: { findings: '没来得及' } });
  });
});
