import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { lost, openPages, Status, withBrowser, type Shown } from '../browser/page.ts';

const hub = openPages('upload');
const path = '/dicom-web/studies';
/** A store response as PS3.18 §10.5.3 has it. */
const stored = {
  '00081190': { vr: 'UR', Value: ['/dicom-web/studies/1.2'] },
  '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }] },
};
const kept = { '00081199': { vr: 'SQ', Value: [{ '00081196': { vr: 'US', Value: [45056] } }] } };
const failed = { '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [272] } }] } };

const file = (name: string, text = `DICM ${name}`) => ({
  name,
  mimeType: 'application/dicom',
  buffer: Buffer.from(text),
});
const choose = ({ page }: Shown, ...files: ReturnType<typeof file>[]) =>
  page.getByLabel('选择文件', { exact: true }).setInputFiles(files);
const press = ({ page }: Shown, name: string | RegExp) => page.getByRole('button', { name }).click();
/** `name state` of each line. */
const lines = async ({ page }: Shown) => {
  const rows = await page.locator('tbody tr').all();
  const told = rows.map(
    async (row) => `${await row.locator('td').first().textContent()} ${await row.getAttribute('data-state')}`,
  );
  return (await Promise.all(told)).sort();
};
const words = async ({ page }: Shown, name: string) =>
  page.locator('tr', { has: page.locator('td').first().getByText(name, { exact: true }) }).textContent();
/** Names of the files in the order they were sent. */
const sent = () => hub.asked.map(({ body }) => /DICM (\S+)/.exec(String(body))?.[1]);
/** Answers each request when it is told to. */
function hold(): { waiting: () => number; release: (answer: unknown) => void } {
  const held: ((answer: unknown) => void)[] = [];
  hub.answer({ [`POST ${path}`]: () => new Promise((resolve) => held.push(resolve)) });
  return {
    waiting: () => held.length,
    release: (answer) => held.splice(0).forEach((resolve) => resolve(answer)),
  };
}

describe.runIf(withBrowser)('files that are uploaded', () => {
  test('go three at a time, each as an object of its own, and are counted', async () => {
    const line = hold();
    const shown = await hub.show('Panel', { orderId: 'o 1' });
    hub.answer({ [`POST ${path}?orderId=o%201`]: undefined });
    await choose(shown, ...['a', 'b', 'c', 'd'].map((name) => file(name)));
    await expect.poll(line.waiting).toBe(3);
    expect(await lines(shown)).toEqual(['a sending', 'b sending', 'c sending', 'd waiting']);
    line.release(new Status(200, stored));
    await expect.poll(line.waiting).toBe(1);
    line.release(new Status(200, stored));
    await expect.poll(() => lines(shown)).toEqual(['a stored', 'b stored', 'c stored', 'd stored']);
    expect(sent().sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(hub.asked[0]).toMatchObject({ path: `${path}?orderId=o%201` });
    expect(hub.asked[0]?.headers['content-type']).toMatch(
      /^multipart\/related; type="application\/dicom"; boundary=hub-/,
    );
    expect(await shown.page.getByRole('status').textContent()).toContain('已存 4 / 4');
  });

  test('say what became of each: kept for a person, refused with its reason, refused as a whole', async () => {
    hub.answer({
      [`POST ${path}`]: ({ body }: { body: unknown }) =>
        String(body).includes('DICM a') ? new Status(202, kept)
        : String(body).includes('DICM b') ? new Status(409, failed)
        : new Status(403, { type: 'urn:hub:problem/forbidden', status: 403 }),
    }); // prettier-ignore
    const shown = await hub.show('Panel');
    await choose(shown, file('a'), file('b'), file('c'));
    await expect.poll(() => lines(shown)).toEqual(['a attention', 'b refused', 'c refused']);
    expect(await words(shown, 'b')).toContain('0x110');
    expect(await shown.page.getByRole('status').textContent()).toMatch(/1 个需人工核对 · 2 个未接收/);
    await press(shown, '清除列表');
    expect(await lines(shown)).toEqual([]);
  });

  test('a recording of the heart is shown its own centre and not sent', async () => {
    const shown = await hub.show('Panel');
    await choose(shown, file('ecg.xml', '<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3">'));
    await expect.poll(() => lines(shown)).toEqual(['ecg.xml refused']);
    expect(await words(shown, 'ecg.xml')).toContain('归心电中心');
    expect(hub.asked).toEqual([]);
  });

  test('an archive is opened; one that is shut says that it must be opened first', async () => {
    hub.answer({
      [`POST ${path}`]: ({ body }: { body: unknown }) =>
        String(body).includes('DICM') ? stored : new Status(409, failed),
    });
    const zip = zipSync({ 'disc/a': strToU8('DICM a'), 'disc/b': strToU8('DICM b') });
    const shown = await hub.show('Panel');
    await choose(shown, { ...file('disc.zip'), buffer: Buffer.from(zip) }, file('shut.zip', 'PK no archive'));
    await expect
      .poll(() => lines(shown))
      .toEqual(['disc.zip/disc/a stored', 'disc.zip/disc/b stored', 'shut.zip refused']);
    expect(await words(shown, 'shut.zip')).toContain('压缩包打不开');
  });
});

describe.runIf(withBrowser)('an upload whose line is lost', () => {
  const lostLine = ({ page }: Shown) => page.getByText('连接中断').count();

  test.each([
    ['lost', lost],
    ['a hub that is being started', new Status(503)],
    ['a hub that is full', new Status(429)],
  ])('(%s) waits and goes on by itself, what is stored is not sent again', async (_name, fault) => {
    hub.answer({
      [`POST ${path}`]: ({ body }: { body: unknown }) => (String(body).includes('DICM a') ? stored : fault),
    });
    const shown = await hub.show('Panel', {}, { clock: true });
    await choose(shown, file('a'), file('b'));
    await expect.poll(() => lines(shown)).toEqual(['a stored', 'b waiting']);
    expect(await lostLine(shown)).toBe(1);
    hub.answer({ [`POST ${path}`]: stored });
    await shown.page.clock.fastForward(3000);
    await expect.poll(() => lines(shown)).toEqual(['a stored', 'b stored']);
    expect(sent().filter((name) => name === 'a')).toHaveLength(1);
    expect(await lostLine(shown)).toBe(0);
  });

  test('and that is stopped then sends nothing more until somebody says so', async () => {
    hub.answer({ [`POST ${path}`]: lost });
    const shown = await hub.show('Panel', {}, { clock: true });
    await choose(shown, file('a'), file('b'), file('c'), file('d'));
    await expect.poll(() => lostLine(shown)).toBe(1);
    await press(shown, '停止');
    let taken = 0;
    hub.answer({
      [`POST ${path}`]: () => {
        taken += 1;
        return stored;
      },
    });
    await shown.page.clock.fastForward(10_000);
    await expect.poll(() => lines(shown)).toEqual(['a line', 'b line', 'c line', 'd line']);
    expect([taken, await lostLine(shown)]).toEqual([0, 0]);
    hub.asked.length = 0;
    await press(shown, '重新发送 4 个');
    await expect.poll(() => lines(shown)).toEqual(['a stored', 'b stored', 'c stored', 'd stored']);
    expect(sent().sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe.runIf(withBrowser)('an upload that is stopped', () => {
  test('ends what is on the way too, also what was added earlier; sent again, each goes once', async () => {
    const line = hold();
    const shown = await hub.show('Panel');
    await choose(shown, file('a'));
    await expect.poll(line.waiting).toBe(1);
    await choose(shown, file('b'));
    await expect.poll(line.waiting).toBe(2);
    await press(shown, '停止');
    await expect.poll(() => lines(shown)).toEqual(['a line', 'b line']);
    hub.answer({ [`POST ${path}`]: stored });
    hub.asked.length = 0;
    await press(shown, '重新发送 2 个');
    await expect.poll(() => lines(shown)).toEqual(['a stored', 'b stored']);
    expect(sent().sort()).toEqual(['a', 'b']);
  });
});
