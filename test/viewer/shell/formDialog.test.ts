import { describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('shell');
const refused = (status: number, more: object) => new Status(status, { status, ...more });
const name = ({ page }: Shown) => page.getByLabel('name');
const note = ({ page }: Shown) => page.getByLabel('note');
const save = ({ page }: Shown) => page.getByRole('button', { name: '保存' }).click();
const alert = ({ page }: Shown) => page.getByRole('dialog').getByRole('alert').allTextContents();
const fieldFaults = ({ page }: Shown) => page.locator('.ant-form-item-explain-error').allTextContents();
const sent = () => hub.asked.filter(({ method }) => method === 'POST').map(({ body }) => body);
const closed = async (shown: Shown) => (await shown.told()).length;

describe.runIf(withBrowser)('a form in a dialog', () => {
  test('sends what stands in it and closes; what is emptied is nothing', async () => {
    hub.answer({ 'POST /api/things': {} });
    const shown = await hub.show('Dialog');
    expect(await name(shown).inputValue()).toBe('原名');
    await note(shown).fill('x');
    await note(shown).fill('');
    await save(shown);
    await expect.poll(() => closed(shown)).toBe(1);
    expect(sent()).toEqual([{ name: '原名', note: null }]);
  });

  test('sends nothing while a field is not as it must be', async () => {
    const shown = await hub.show('Dialog');
    await name(shown).fill('');
    await save(shown);
    await expect.poll(() => fieldFaults(shown)).toEqual(['必填']);
    expect([sent(), await closed(shown)]).toEqual([[], 0]);
  });

  test('Enter in a line sends it, in a text of lines it does not', async () => {
    hub.answer({ 'POST /api/things': {} });
    const shown = await hub.show('Dialog');
    await note(shown).fill('第一行');
    await note(shown).press('Enter');
    expect(sent()).toEqual([]);
    await name(shown).press('Enter');
    await expect.poll(sent).toEqual([{ name: '原名', note: '第一行\n' }]);
  });

  test('a fault that the hub names stands at its field, and not a second time below', async () => {
    hub.answer({
      'POST /api/things': refused(422, {
        type: 'urn:hub:problem/invalid',
        errors: [{ path: 'name', message: 'taken', code: 'own' }],
      }),
    });
    const shown = await hub.show('Dialog');
    await save(shown);
    await expect.poll(() => fieldFaults(shown)).toEqual(['taken']);
    expect([await alert(shown), await closed(shown), await name(shown).inputValue()]).toEqual([
      [],
      0,
      '原名',
    ]);
  });

  test('a fault at a field that the form has not stands below, with the others at theirs', async () => {
    const errors = [
      { path: 'name', message: 'taken', code: 'own' },
      { path: 'elsewhere', message: 'wrong there', code: 'own' },
    ];
    hub.answer({ 'POST /api/things': refused(422, { type: 'urn:hub:problem/invalid', errors }) });
    const shown = await hub.show('Dialog');
    await save(shown);
    await expect.poll(() => fieldFaults(shown)).toEqual(['taken']);
    expect((await alert(shown)).join()).toContain('wrong there');
  });

  test.each([
    ['a refusal', refused(403, { type: 'urn:hub:problem/forbidden' })],
    ['a lost line', lost],
  ])('%s keeps what was typed and can be sent again', async (_name, answer) => {
    hub.answer({ 'POST /api/things': answer });
    const shown = await hub.show('Dialog');
    await note(shown).fill('重要');
    await save(shown);
    await expect.poll(async () => (await alert(shown)).length).toBe(1);
    expect(await note(shown).inputValue()).toBe('重要');
    hub.answer({ 'POST /api/things': {} });
    await save(shown);
    await expect.poll(() => closed(shown)).toBe(1);
    expect(sent().at(-1)).toEqual({ name: '原名', note: '重要' });
  });

  test('a page that draws again does not take away what was typed', async () => {
    const shown = await hub.show('Dialog');
    await name(shown).fill('新名');
    await shown.page.evaluate("document.querySelector('#root button').click()");
    expect(await name(shown).inputValue()).toBe('新名');
  });
});
