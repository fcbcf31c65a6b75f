import type { Page } from 'playwright-core';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { phantom } from '../phantom.ts';
import { able, enter, hub, openGround, place } from './ground.ts';

const instances = () => hub.ctx.db.selectFrom('instance').select('id').execute();

describe.skipIf(!able)('bringing files (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  const rows = (state: string) => page.locator(`tr[data-state=${state}]`);
  const choose = (files: { name: string; buffer: Buffer }[], field = '选择文件') =>
    page
      .locator(`input[type=file][aria-label="${field}"]`)
      .setInputFiles(files.map((each) => ({ ...each, mimeType: 'application/octet-stream' })));
  const clear = async () => {
    await page.getByRole('button', { name: '清除列表' }).click();
    await page.locator('tr[data-state]').first().waitFor({ state: 'detached' });
  };
  const study = (accessionNumber: string, slices = 2) =>
    phantom({
      accessionNumber,
      patientName: '钱多多',
      patientId: '',
      sex: 'F',
      birthDate: '1990-02-03',
      modality: 'DX',
      slices,
    });

  beforeAll(async () => {
    page = await enter('tech1', '/upload');
    await page.getByText('把 DICOM 文件、文件夹或 zip 拖到这里').waitFor();
  });

  test('each file says what became of it; what was sent twice is the same one', async () => {
    const order = await place();
    const files = study(order.accessionNumber).map((buffer, n) => ({ name: `IM${n}`, buffer }));
    await choose(files);
    await expect.poll(() => rows('stored').count()).toBe(2);
    await page.getByText(/已存 2 \/ 2 个文件/).waitFor();
    expect(await instances()).toHaveLength(2);
    await choose(files);
    await expect.poll(() => rows('stored').count()).toBe(4);
    expect(await instances()).toHaveLength(2);
    const row = await hub.ctx.db.selectFrom('studyOrder').select('orderId').executeTakeFirstOrThrow();
    expect(row.orderId).toBe(order.id); // found by its number
    await clear();
  });

  test('a zip is opened with its folders; what no scanner wrote is left out; a damaged one is told', async () => {
    const order = await place();
    const [a, b] = study(order.accessionNumber);
    const zip = zipSync({
      'DICOM/S1/IM1': new Uint8Array(a ?? []),
      'DICOM/S1/IM2': new Uint8Array(b ?? []),
      'DICOM/.DS_Store': new Uint8Array(8),
      '__MACOSX/DICOM/IM1': new Uint8Array(8),
    });
    await choose([{ name: 'cd.zip', buffer: Buffer.from(zip) }]);
    await expect.poll(() => rows('stored').count()).toBe(2);
    await page.locator('tr[data-state=stored]').filter({ hasText: 'cd.zip/DICOM/S1/IM1' }).waitFor();
    expect(await page.locator('tr[data-state]').count()).toBe(2);
    await clear();
    await choose([{ name: 'damaged.zip', buffer: Buffer.from(zip).subarray(0, 200) }]);
    await rows('refused').filter({ hasText: '压缩包打不开，请解压后上传文件夹' }).waitFor();
    await clear();
  });

  test('a text is refused by name of the file, a recording is shown the way to its centre', async () => {
    await choose([{ name: 'letter.txt', buffer: Buffer.from('Dear colleague') }]);
    await rows('refused')
      .filter({ hasText: /letter\.txt[\s\S]*未接收/ })
      .waitFor();
    await page.getByText('1 个未接收').waitFor();
    await clear();
    const before = (await instances()).length;
    const xml = '<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3"></AnnotatedECG>';
    await choose([{ name: 'ecg.xml', buffer: Buffer.from(xml) }]);
    await rows('refused').filter({ hasText: '这是心电记录，归心电中心。' }).waitFor();
    await page.getByRole('link', { name: '到该页上传' }).click();
    await page.waitForURL('**/upload#ecg');
    expect(await instances()).toHaveLength(before);
    await page.goto(`${hub.url}/upload`);
  });

  test('a lost line pauses the whole queue and goes on by itself; halted files are sent again when asked', async () => {
    const order = await place();
    const files = study(order.accessionNumber, 3).map((buffer, n) => ({ name: `L${n}`, buffer }));
    const before = (await instances()).length;
    await page.route('**/dicom-web/studies*', (route) => route.abort('connectionfailed'));
    await choose(files);
    await page.getByText('连接中断，恢复后自动从断点继续。').waitFor();
    expect(await instances()).toHaveLength(before);
    await page.unroute('**/dicom-web/studies*');
    await expect.poll(() => rows('stored').count()).toBe(3);
    await page.getByText('连接中断').waitFor({ state: 'detached' });
    expect(await instances()).toHaveLength(before + 3);
    await clear();
    await page.route('**/dicom-web/studies*', (route) => route.abort('connectionfailed'));
    await choose(study(order.accessionNumber, 1).map((buffer) => ({ name: 'H', buffer })));
    await page.getByText('连接中断，恢复后自动从断点继续。').waitFor();
    await page.getByRole('button', { name: '停止' }).click();
    await page.unroute('**/dicom-web/studies*');
    await rows('line').waitFor();
    await page.getByRole('button', { name: '重新发送 1 个' }).click();
    await rows('stored').waitFor();
  });
});
