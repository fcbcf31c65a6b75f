import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHeader, tags } from '../../../../server/standards/dicom/index.ts';
import { stow } from '../../../integrations/dicomweb/client.ts';
import { makeFile, newUid } from '../objects.ts';
import { startReadCase, type ReadCase } from '../readCase.ts';

const poppler = fs.existsSync('/usr/bin/pdftotext');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-print-'));
let read: ReadCase;
let uids: string[];
beforeAll(async () => {
  read = await startReadCase({
    size: 128,
    more: [
      [tags.imageOrientationPatient, ['1', '0', '0', '0', '1', '0']],
      [tags.pixelSpacing, ['0.8', '0.8']],
    ],
  });
  uids = read.files.map((file) => readHeader(file).dataSet.string(tags.sopInstanceUid) ?? '');
});
afterAll(async () => {
  await read?.hub.close();
  fs.rmSync(folder, { recursive: true });
});

const print = (body: object, who: keyof ReadCase['people'] = 'radiologist1') =>
  read.people[who].post(`/api/imaging/orders/${read.orderId}/images.pdf`, body);
const images = (n: number) => uids.slice(0, n).map((sopInstanceUid) => ({ sopInstanceUid }));
/** What another program reads of it (poppler). */
function readBack(pdf: Buffer): { text: string; pages: number; pictures: number } {
  const file = path.join(folder, 'images.pdf');
  fs.writeFileSync(file, pdf);
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' });
  return {
    text: run('pdftotext', '-layout', file, '-'),
    pages: Number(/Pages:\s+(\d+)/.exec(run('pdfinfo', file))?.[1]),
    pictures: run('pdfimages', '-list', file).trim().split('\n').length - 2,
  };
}

describe.skipIf(!poppler)('chosen images on paper', () => {
  test.each([
    [1, 3, 3],
    [2, 3, 2],
    [4, 4, 1],
    [6, 4, 1],
  ])('%s on a page: %s images fill %s pages', async (perPage, count, pages) => {
    const answer = await print({ images: images(count), perPage });
    expect(answer.status).toBe(200);
    expect(readBack(answer.body as Buffer)).toMatchObject({ pages, pictures: count });
  });

  test('the page says whose they are, which sides, how large, who printed, and that it is no diagnosis', async () => {
    const note = '左肺上叶结节 𠮷';
    const { text } = readBack(
      (await print({ images: [{ sopInstanceUid: uids[0], note }], perPage: 1 })).body as Buffer,
    );
    for (const word of ['郑九', '男', '影像图片', '本页图片供参考', 'cm']) expect(text).toContain(word);
    expect(text).toContain('左肺上叶结节');
    expect(text).toMatch(/\bR\b[\s\S]*\bL\b/);
    const order = await read.hub.ctx.db
      .selectFrom('orders')
      .select('accessionNumber')
      .where('id', '=', read.orderId)
      .executeTakeFirstOrThrow();
    expect(text).toContain(order.accessionNumber);
  });
});

describe('what is printed is on record', () => {
  test('with person, images and number, before a byte goes out', async () => {
    const { db } = read.hub.ctx;
    const exportsOf = () =>
      db.selectFrom('imageExport').selectAll().where('orderId', '=', read.orderId).execute();
    const before = (await exportsOf()).length;
    await print({ images: images(2), perPage: 2 });
    const rows = await exportsOf();
    expect(rows).toHaveLength(before + 1);
    expect(rows.at(-1)).toMatchObject({ kind: 'print', instances: 2 });
    const [event] = await db
      .selectFrom('auditEvent')
      .select(['detail', 'subjectId', 'actorName'])
      .where('action', '=', 'image.print')
      .orderBy('seq', 'desc')
      .limit(1)
      .execute();
    expect(event).toMatchObject({
      subjectId: read.orderId,
      detail: { images: uids.slice(0, 2).map((sopInstanceUid) => ({ sopInstanceUid, frame: 1 })) },
    });
  });

  test('an image of another case, one that is not there, too many or none are refused and print nothing', async () => {
    const other = newUid();
    await stow(read.hub.url, read.people.tech1, [makeFile({ uid: other })]);
    const { db } = read.hub.ctx;
    const printed = async () =>
      (await db.selectFrom('auditEvent').select('seq').where('action', '=', 'image.print').execute()).length;
    const before = await printed();
    for (const [body, status] of [
      [{ images: [{ sopInstanceUid: other }] }, 404],
      [{ images: [{ sopInstanceUid: '1.2.3' }] }, 404],
      [{ images: [] }, 422],
      [{ images: Array.from({ length: 61 }, () => ({ sopInstanceUid: uids[0] })) }, 422],
      [{ images: images(1), perPage: 3 }, 422],
      [{ images: [{ sopInstanceUid: uids[0], note: 'x'.repeat(501) }] }, 422],
      [{ images: [{ sopInstanceUid: uids[0], frame: 0 }] }, 422],
    ] as const)
      expect((await print(body)).status, JSON.stringify(body).slice(0, 80)).toBe(status);
    expect(await printed()).toBe(before);
  });

  test('who does not see the case learns nothing of it', async () => {
    expect((await print({ images: images(1) }, 'lab1')).status).toBe(404);
    expect([403, 404]).toContain((await print({ images: images(1) }, 'admin1')).status);
  });
});
