import { beforeEach, describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Asked, type Shown } from '../browser/page.ts';

const hub = openPages('forms');
const words = (zh: string) => ({ zh, en: `en ${zh}` });
const forms = [
  { code: 'BREAST', version: 1, name: words('乳腺癌'), sites: ['乳'], elements: [] },
  {
    code: 'COLORECTUM',
    version: 2,
    name: words('结直肠癌'),
    sites: ['肠'],
    elements: [
      { code: 'location', label: words('部位'), type: 'choice', required: true, options: [{ code: 'rectum', label: words('直肠') }, { code: 'sigmoid', label: words('乙状结肠') }] },
      { code: 'distance', label: words('距齿状线'), type: 'number', unit: 'cm', when: { element: 'location', in: ['rectum'] } },
      { code: 'margins', label: words('切缘'), type: 'multi', options: [{ code: 'p', label: words('近端') }, { code: 'd', label: words('远端') }] },
      { code: 'note', label: words('备注'), type: 'text' },
    ],
  },
]; // prettier-ignore
const last = async (shown: Shown) => (await shown.told()).at(-1)?.[1];
const pick = async ({ page }: Shown, label: string, option: string) => {
  await page.locator('.ant-select', { has: page.getByRole('combobox', { name: label }) }).click();
  await page.locator('.ant-select-item-option', { hasText: option }).last().click();
};
const entry = (values: object, version = 2) => ({ code: 'COLORECTUM', version, values });

describe.runIf(withBrowser)('the structured part of a report', () => {
  beforeEach(() =>
    hub.answer({
      'GET /api/pathology/synoptic': { items: forms },
      'POST /api/pathology/synoptic/render': { text: '直肠腺癌', textEn: 'adenocarcinoma', faults: [] },
    }),
  );

  test('offers the form that fits the site first, and begins it empty in its newest version', async () => {
    const shown = await hub.show('Synoptic');
    await shown.page.getByRole('combobox', { name: '结构化报告' }).click();
    await expect
      .poll(() => shown.page.locator('.ant-select-item-option').allTextContents())
      .toEqual(['结直肠癌 · 适合本例', '乳腺癌']);
    await shown.page.locator('.ant-select-item-option').first().click();
    expect(await last(shown)).toEqual(entry({}));
  });

  test('asks for what follows from an answer, and keeps what was answered', async () => {
    const shown = await hub.show('Synoptic', { first: entry({}) });
    await shown.page.getByText('部位 *').waitFor();
    expect(await shown.page.getByText('距齿状线').count()).toBe(0);
    await pick(shown, '部位 *', '直肠');
    await shown.page.getByLabel('距齿状线').fill('4.5');
    await shown.page.getByLabel('距齿状线').press('Tab');
    await shown.page.getByLabel('近端').check();
    await shown.page.getByLabel('备注').fill('新辅助后');
    expect(await last(shown)).toEqual(
      entry({ location: 'rectum', distance: 4.5, margins: ['p'], note: '新辅助后' }),
    );
    await shown.page.getByLabel('近端').uncheck();
    await shown.page.getByLabel('备注').fill('');
    expect(await last(shown)).toEqual(entry({ location: 'rectum', distance: 4.5 }));
    await pick(shown, '部位 *', '乙状结肠');
    expect(await shown.page.getByText('距齿状线').count()).toBe(0);
  });

  test('shows the text that the hub makes of the last answers, never of earlier ones', async () => {
    const held: (() => void)[] = [];
    hub.answer({
      'POST /api/pathology/synoptic/render': ({ body }: Asked) =>
        new Promise((resolve) => {
          const { note } = (body as { values: { note?: string } }).values;
          const fault = { element: 'location', label: '部位', code: 'required' };
          held.push(() =>
            resolve({ text: `备注：${note ?? ''}`, textEn: '', faults: note === '二' ? [fault] : [] }),
          );
        }),
    });
    const shown = await hub.show('Synoptic', { first: entry({ note: '一' }) });
    await expect.poll(() => held.length).toBe(1);
    await shown.page.getByLabel('备注').fill('二');
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    const text = shown.page.locator('.path-synoptic-text');
    await expect.poll(() => text.textContent()).toBe('备注：二');
    held[0]?.();
    await expect.poll(() => shown.page.getByText('还有 1 项未填或不符').count()).toBe(1);
    expect(await text.textContent()).toBe('备注：二');
  });

  test('without its preview the form stays usable; taken away, nothing is left of it', async () => {
    hub.answer({ 'POST /api/pathology/synoptic/render': lost });
    const shown = await hub.show('Synoptic', { first: entry({}) });
    await shown.page.getByLabel('备注').fill('一');
    expect(await last(shown)).toEqual(entry({ note: '一' }));
    await shown.page.locator('.path-form .ant-select').first().hover();
    await shown.page.locator('.ant-select-clear').first().click();
    expect(await last(shown)).toBeNull();
    await expect.poll(() => shown.page.getByLabel('备注').count()).toBe(0);
  });

  test('of a signed report can be read and not changed; without one nothing stands', async () => {
    const shown = await hub.show('Synoptic', { first: entry({ note: '一' }), editable: false });
    await expect.poll(() => shown.page.getByLabel('备注').isDisabled()).toBe(true);
    const none = await hub.show('Synoptic', { editable: false });
    expect(await none.page.locator('.path-form').count()).toBe(0);
  });
});

describe.runIf(withBrowser)('the macroscopic description', () => {
  const path = 'POST /api/pathology/cases/o1/gross';
  const text = ({ page }: Shown) => page.getByLabel('大体所见');
  const tissues = ({ page }: Shown) =>
    page.getByLabel('取材部位').all().then((all) => Promise.all(all.map((one) => one.inputValue()))); // prettier-ignore
  const press = ({ page }: Shown, name: string) => page.getByRole('button', { name, exact: true }).click();

  test('a template of its site brings its text and its blocks; another one adds text and leaves the blocks', async () => {
    const shown = await hub.show('Gross', { sites: ['阑尾', '胆囊'] });
    const buttons = shown.page.locator('.path-form .hub-row').first().getByRole('button');
    await buttons.nth(1).click(); // the templates that fit stand in their order: gall bladder, appendix
    expect(await tissues(shown)).toEqual(['尖端', '体部横断', '根部切缘']);
    await buttons.nth(0).click();
    expect(await text(shown).inputValue()).toMatch(/^阑尾一条[^]*\n胆囊一个/);
    expect(await tissues(shown)).toEqual(['尖端', '体部横断', '根部切缘']);
  });

  test('F2 goes from blank to blank and begins again at the end', async () => {
    const shown = await hub.show('Gross', { described: '长 _ cm,宽 _ cm' });
    await text(shown).focus();
    await shown.page.keyboard.press('Control+Home');
    for (const size of ['3', '2']) {
      await shown.page.keyboard.press('F2');
      await shown.page.keyboard.type(size);
    }
    expect(await text(shown).inputValue()).toBe('长 3 cm,宽 2 cm');
    expect(await shown.page.getByRole('button', { name: '下一空（F2）' }).isDisabled()).toBe(true);
  });

  test('a block without its tissue is not saved, and says so', async () => {
    const shown = await hub.show('Gross', { described: '灰白组织一粒' });
    await press(shown, '保存取材');
    expect(await shown.page.getByRole('alert').textContent()).toContain('请填写蜡块的取材部位');
    expect(hub.asked).toEqual([]);
  });

  test('what is typed survives a refusal and a closed page; saved, it is no longer kept', async () => {
    hub.answer({
      [path]: new Status(409, { type: 'urn:hub:problem/claimed-by-other', status: 409, claimedBy: '李四' }),
    });
    const shown = await hub.show('Gross');
    await text(shown).fill('灰白组织一粒');
    await shown.page.getByLabel('取材部位').fill('全部');
    await press(shown, '保存取材');
    await expect.poll(() => shown.page.getByText('李四').count()).toBeGreaterThan(0);
    await shown.page.reload();
    await expect.poll(() => text(shown).inputValue()).toBe('灰白组织一粒');
    expect(await tissues(shown)).toEqual(['全部']);
    hub.answer({ [path]: {} });
    await press(shown, '保存取材');
    await expect.poll(async () => (await shown.told()).map(([name]) => name)).toEqual(['closed', 'reload']);
    expect(hub.asked.at(-1)?.body).toEqual({
      description: '灰白组织一粒',
      blocks: [{ specimen: 'A', tissue: '全部', pieces: 1 }],
    });
    expect(await shown.page.evaluate("localStorage.getItem('hub.draft.gross.o1')")).toBeNull();
  });
});
