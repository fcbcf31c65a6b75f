import { describe, expect, test } from 'vitest';
import { openPages, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('shell');
const press = async ({ page }: Shown, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const names = async (shown: Shown) => (await shown.told()).map(([name]) => name);
const click = ({ page }: Shown, name: string) => page.getByRole('button', { name, exact: true }).click();

describe.runIf(withBrowser)('keys of a page', () => {
  test('act by their names: letters, capitals with shift, words', async () => {
    const shown = await hub.show('Keys');
    await press(shown, 'a', 'b', 'Shift+M', 'm', 'Space', 'Shift+?', 'Control+a');
    expect(await names(shown)).toEqual(['outer a', 'outer b', 'outer shift+m', 'outer space', 'outer ?']);
  });

  test('what stands in the page wins over it while it is there', async () => {
    const shown = await hub.show('Keys');
    await click(shown, 'inner');
    await press(shown, 'a', 'b');
    await click(shown, 'active');
    await click(shown, 'inner');
    await press(shown, 'a');
    const told = await shown.told();
    expect(told.filter(([name]) => name !== 'active').map(([name]) => name)).toEqual([
      'inner a',
      'outer b',
      'outer a',
    ]);
    expect(told.find(([name]) => name === 'active')?.[1]).toEqual([
      'a',
      'escape',
      'ctrl+enter',
      'b',
      'shift+m',
      '?',
      'space',
    ]);
  });

  test('mean nothing while somebody writes, except those that are for it; a box is no text', async () => {
    const shown = await hub.show('Keys');
    await click(shown, 'inner');
    await shown.page.getByLabel('text').focus();
    await press(shown, 'a', 'b', 'Control+Enter');
    expect(await shown.page.getByLabel('text').inputValue()).toBe('ab');
    await shown.page.getByLabel('box').focus();
    await press(shown, 'b');
    expect(await names(shown)).toEqual(['send', 'outer b']);
  });

  test('a key that something else took is taken, but not by a picture that does nothing with it', async () => {
    const shown = await hub.show('Keys');
    await shown.page.getByText('taken').focus();
    await press(shown, 'b');
    await shown.page.getByText('picture').focus();
    await press(shown, 'b');
    expect(await names(shown)).toEqual(['outer b']);
  });

  test('escape closes what lies over the page before it means anything to it', async () => {
    const shown = await hub.show('Keys');
    await shown.page.evaluate("document.getElementById('menu').className = 'ant-dropdown'");
    await press(shown, 'Escape');
    await shown.page.evaluate(
      "document.getElementById('menu').className = 'ant-dropdown ant-dropdown-hidden'",
    );
    await press(shown, 'Escape');
    expect(await names(shown)).toEqual(['outer escape']);
  });

  test('under a dialog only the list of keys answers', async () => {
    const shown = await hub.show('Keys');
    await click(shown, 'over');
    await shown.page.getByRole('dialog').waitFor();
    await press(shown, 'b', 'Shift+?');
    expect(await names(shown)).toEqual(['outer ?']);
  });
});

describe.runIf(withBrowser)('a scanner', () => {
  /** Keys as a scanner sends them: so many milliseconds apart, whatever the machine is busy with. */
  const scan = ({ page }: Shown, code: string, gapMs: number, end = 'Enter', into = 'document.body') =>
    page.evaluate(`{
      const target = ${into};
      let at = performance.now();
      for (const key of [...${JSON.stringify(code)}, ${JSON.stringify(end)}]) {
        const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
        Object.defineProperty(event, 'timeStamp', { value: (at += ${gapMs}) });
        target.dispatchEvent(event);
      }
    }`);
  const codes = async (shown: Shown) => (await shown.told()).map(([, code]) => code);
  const field = (label: string) => `document.querySelector('[aria-label="${label}"]')`;

  test.each([
    [5, 'Enter'],
    [250, 'Enter'],
    [250, 'Tab'],
  ])('is heard where no field has the focus, %d ms a key, ended by %s', async (gapMs, end) => {
    const shown = await hub.show('Scanner');
    await scan(shown, 'P-2026-0001', gapMs, end);
    expect(await codes(shown)).toEqual(['P-2026-0001']);
  });

  test('keys too far apart, or too few, are no scan', async () => {
    const shown = await hub.show('Scanner');
    await scan(shown, 'P-2026-0001', 320);
    await scan(shown, 'P-202', 5);
    expect(await codes(shown)).toEqual([]);
  });

  test('in a field only what no hand types is a scan, and its end does not send the form', async () => {
    const shown = await hub.show('Scanner');
    await scan(shown, 'P-2026-0001', 60, 'Enter', field('text'));
    expect(await shown.told()).toEqual([['entered']]);
    await scan(shown, 'P-2026-0002', 20, 'Enter', field('text'));
    expect(await shown.told()).toEqual([['entered'], ['scan', 'P-2026-0002']]);
  });

  test('a field for scans hears a slow one too', async () => {
    const shown = await hub.show('Scanner');
    await scan(shown, 'P-2026-0003', 250, 'Enter', field('scan'));
    expect(await codes(shown)).toEqual(['P-2026-0003']);
  });

  test('two scans are two codes; what was typed before is no part of the first', async () => {
    const shown = await hub.show('Scanner');
    await scan(shown, 'xyz', 400, 'a');
    await scan(shown, 'P-2026-0004', 10);
    await scan(shown, 'P-2026-0005', 10);
    expect((await codes(shown)).map((code) => String(code).replace(/^a/, ''))).toEqual([
      'P-2026-0004',
      'P-2026-0005',
    ]);
  });
});
