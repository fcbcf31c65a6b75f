import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { stow } from '../../integrations/dicomweb/client.ts';
import { makeFile, newUid, type ObjectOptions } from '../../server/imaging/objects.ts';
import { able, auditOf, dialogOf, enter, failsAndComesBack, hub, openGround, place } from './ground.ts';

const entries = (state = 'open') =>
  hub.ctx.db.selectFrom('unmatchedInput').selectAll().where('state', '=', state).orderBy('createdAt').execute(); // prettier-ignore
/** The order that images stand under now. */
const studyOrder = async (uid: string) =>
  (
    await hub.ctx.db
      .selectFrom('studyOrder')
      .innerJoin('study', 'study.id', 'studyOrder.studyId')
      .select('studyOrder.orderId')
      .where('study.studyInstanceUid', '=', uid)
      .where('studyOrder.undoneAt', 'is', null)
      .executeTakeFirst()
  )?.orderId;

describe.skipIf(!able)('input that waits for a person (needs Chromium and the built viewer)', () => {
  openGround();
  let page: Page;
  const article = (words: string) => page.locator('article.hub-queue').filter({ hasText: words });
  const decide = (words: string, name: string) =>
    article(words).getByRole('button', { name, exact: true }).first().click();
  const dialog = () => dialogOf(page);
  const confirm = () => dialog().getByRole('button', { name: '确定' }).click();
  const because = async (reason: string, note = '') => {
    await dialog().locator('#code').click();
    await page.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: reason }).click(); // prettier-ignore
    if (note) await dialog().locator('#reason').fill(note);
  };
  const send = async (options: ObjectOptions) => {
    const study = options.study ?? newUid();
    await stow(hub.url, await hub.as('tech1'), [makeFile({ study, modality: 'DX', ...options })]);
    return study;
  };

  beforeAll(async () => {
    page = await enter('registrar1', '/queue');
    await page.getByText('没有等待处理的影像。').waitFor();
  });

  test('images whose number is right and whose patient is not stand beside their order, difference by difference', async () => {
    const order = await place({
      patient: {
        name: '张三丰',
        sex: 'M',
        birthDate: '1970-01-01',
        identifiers: [{ type: 'mrn', value: 'Q1' }],
      },
    });
    const study = await send({
      accessionNumber: order.accessionNumber,
      patientName: '李^四',
      birthDate: '19800202',
      patientId: 'X9',
    });
    const waits = article('李四').or(article('李^四')).first();
    await waits.filter({ hasText: '信息不符' }).waitFor(); // without a reload
    const candidate = waits.getByRole('list', { name: '可能的申请' });
    await candidate.filter({ hasText: /张三丰[\s\S]*出生日期：影像 1980-02-02 ≠ 申请 1970-01-01/ }).waitFor();
    await candidate.getByRole('button', { name: '匹配到此申请' }).click();
    await dialog().getByText(`将归入 张三丰 的申请 ${order.accessionNumber}`).waitFor();
    await confirm();
    await dialog().getByText('请选择原因').waitFor();
    await because('其他（请说明）');
    await confirm();
    await dialog().getByText('请填写说明').waitFor();
    expect(await studyOrder(study)).not.toBe(order.id);
    await because('已电话核实', '技师录错姓名');
    await confirm();
    await waits.waitFor({ state: 'detached' });
    expect(await studyOrder(study)).toBe(order.id);
    expect((await auditOf(order.id)).map((row) => row.action).join(' ')).toMatch(/join|match/);
  });

  test('images without an order are read at once as a provisional case, whose identity is confirmed or that is joined later', async () => {
    const study = await send({ patientName: 'WANG^WU=王^五', patientId: 'NOORDER1' });
    const waits = article('NOORDER1');
    await waits.filter({ hasText: '无申请' }).waitFor();
    await waits.getByRole('link', { name: /^补录申请/ }).waitFor();
    expect(await studyOrder(study)).toBeTruthy();
    const target = await place({
      patient: {
        name: '王五',
        sex: 'M',
        birthDate: '1970-01-01',
        identifiers: [{ type: 'mrn', value: 'Q2' }],
      },
    });
    await decide('NOORDER1', '匹配到申请');
    await dialog().getByLabel('按姓名、检查号或证件号查找申请').fill(target.accessionNumber);
    await confirm();
    await dialog().getByText('请选择申请').waitFor();
    await dialog().getByRole('radio').first().check();
    await because('检查号录入错误');
    await confirm();
    await waits.waitFor({ state: 'detached' });
    expect(await studyOrder(study)).toBe(target.id);
    await page.getByText('已处理', { exact: true }).click();
    await article('NOORDER1')
      .filter({ hasText: /田甜[\s\S]*匹配到/ })
      .waitFor();
    expect(await article('NOORDER1').getByRole('button').count()).toBe(0);
    await page.getByText('待处理', { exact: true }).click();
  });

  test('a second object under one UID is kept beside the first until somebody says which holds', async () => {
    const uid = newUid();
    const order = await place();
    const study = newUid();
    const series = newUid();
    const base = { accessionNumber: order.accessionNumber, study, series, uid, patientName: '钱^多多', sex: 'F', birthDate: '19900203' }; // prettier-ignore
    await send({ ...base, fill: 1 });
    await send({ ...base, fill: 9 });
    await page.reload();
    const conflict = page.locator('article.hub-queue').filter({ hasText: '重复冲突' });
    await conflict.getByText('已存有同一 SOP Instance UID 的另一对象').waitFor();
    await conflict.getByRole('link', { name: '下载原文件' }).or(conflict.getByText('下载原文件')).first().waitFor(); // prettier-ignore
    await conflict.getByRole('button', { name: '以后到的替换' }).click();
    await dialog().getByText('后到的对象取代先到的').waitFor();
    await because('重复发送');
    await confirm();
    await conflict.waitFor({ state: 'detached' });
    expect((await entries('resolved')).map((row) => row.kind)).toContain('conflict');
  });

  test('a file that cannot be read is discarded with a reason; the file stays', async () => {
    const technician = await enter('tech1', '/upload');
    await technician
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'broken.dcm',
        mimeType: 'application/dicom',
        buffer: Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), Buffer.alloc(40, 0xfe)]),
      });
    await technician.locator('tr[data-state=refused], tr[data-state=attention]').waitFor();
    await technician.context().close();
    await page.reload();
    await page.locator('h1').waitFor();
    const unreadable = page.locator('article.hub-queue').filter({ hasText: '无法读取' });
    await unreadable.getByRole('button', { name: '弃用' }).click();
    await dialog().getByText('不再显示，原文件仍保留，可审计。').waitFor();
    await because('测试对象');
    await confirm();
    await unreadable.waitFor({ state: 'detached' });
    expect((await entries('discarded')).map((row) => row.kind)).toContain('unreadable');
  });

  test('is narrowed by kind, says when nothing is left, and says when it cannot be read', async () => {
    await send({ patientName: '赵^六', patientId: 'NOORDER2' });
    await article('NOORDER2').waitFor();
    await page.getByLabel('类型').click();
    await page.locator('.ant-select-item-option').filter({ hasText: '重复冲突' }).click();
    await page.getByText('没有等待处理的影像。').waitFor();
    await failsAndComesBack(page, '/api/unmatched', 'article.hub-queue');
    await page.context().close();
  });
});
