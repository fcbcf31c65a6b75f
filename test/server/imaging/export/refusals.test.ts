import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHeader, sopClasses, tags, type ElementList } from '../../../../server/standards/dicom/index.ts';
import { stow } from '../../../integrations/dicomweb/client.ts';
import { makeFile, newUid } from '../objects.ts';
import { startReadCase, type ReadCase } from '../readCase.ts';

let read: ReadCase;
beforeAll(async () => (read = await startReadCase()));
afterAll(() => read.hub.close());

const ask = (body: object, who: keyof ReadCase['people'] = 'head1', order = read.orderId) =>
  read.people[who].post(`/api/imaging/orders/${order}/export`, body);
const recorded = async () => {
  const { db } = read.hub.ctx;
  const exports = await db.selectFrom('imageExport').selectAll().where('kind', '!=', 'print').execute();
  const audits = await db
    .selectFrom('auditEvent')
    .select(['actorName', 'detail', 'subjectId'])
    .where('action', '=', 'image.export')
    .where('outcome', '=', 'done')
    .orderBy('seq')
    .execute();
  return { exports, audits };
};

describe('what is not given away', () => {
  test.each<[string, object, keyof ReadCase['people'], number]>([
    ['without a reason', { kind: 'dicom', reason: '' }, 'head1', 422],
    ['with a reason of one letter', { kind: 'dicom', reason: 'x' }, 'head1', 422],
    ['of another kind', { kind: 'jpeg', reason: '会诊' }, 'head1', 422],
    ['to a reader', { kind: 'dicom', reason: '会诊' }, 'radiologist1', 403],
    ['to the technician', { kind: 'anonymous', reason: '会诊' }, 'tech1', 403],
    ['to another centre', { kind: 'dicom', reason: '会诊' }, 'lab1', 403],
    ['to the administrator of the system', { kind: 'dicom', reason: '会诊' }, 'admin1', 403],
  ])('%s, and nothing is on record as given', async (_what, body, who, status) => {
    const before = await recorded();
    expect((await ask(body, who)).status).toBe(status);
    expect(await recorded()).toEqual(before);
  });

  test('an order without images, and one that is not there', async () => {
    const made = await read.people.doctor1.post('/api/orders', {
      center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'urgent',
      patient: { name: '郑十', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: newUid().slice(-9) }] },
      remoteConsent: { by: '本人', at: new Date().toISOString() },
    }); // prettier-ignore
    const before = await recorded();
    const none = await ask({ kind: 'dicom', reason: '会诊' }, 'head1', made.body.id);
    expect([none.status, none.body.type]).toEqual([409, 'no-images']);
    expect((await ask({ kind: 'dicom', reason: '会诊' }, 'head1', '01900000-0000-7000-8000-000000000000')).status).toBe(404); // prettier-ignore
    expect(await recorded()).toEqual(before);
  });
});

describe('what is given is on record before it goes', () => {
  test.each(['dicom', 'anonymous'])('%s: with person, reason and number of objects', async (kind) => {
    const before = await recorded();
    const answer = await ask({ kind, reason: '上级医院会诊' });
    expect(answer.status).toBe(200);
    const { accessionNumber } = await read.hub.ctx.db
      .selectFrom('orders')
      .select('accessionNumber')
      .where('id', '=', read.orderId)
      .executeTakeFirstOrThrow();
    const named = answer.headers.get('content-disposition')!.includes(accessionNumber);
    expect(named).toBe(kind === 'dicom'); // the number of an order is an identity too
    const after = await recorded();
    expect(after.exports).toHaveLength(before.exports.length + 1);
    expect(after.exports.at(-1)).toMatchObject({
      orderId: read.orderId,
      kind,
      reason: '上级医院会诊',
      instances: 4,
    });
    expect(after.audits.at(-1)).toMatchObject({
      subjectId: read.orderId,
      detail: { kind, reason: '上级医院会诊', instances: 4 },
    });
  });
});

describe('an anonymous export', () => {
  const zip = async (more = {}) => {
    const answer = await ask({ kind: 'anonymous', reason: '教学', ...more });
    return unzipSync(new Uint8Array(answer.body));
  };
  const objects = (files: Record<string, Uint8Array>) =>
    Object.entries(files).filter(([name]) => name.startsWith('DICOM/'));
  const leftOut = (files: Record<string, Uint8Array>) =>
    Buffer.from(files['LEFTOUT.TXT'] ?? Buffer.alloc(0)).toString();

  beforeAll(async () => {
    const { accessionNumber } = await read.hub.ctx.db
      .selectFrom('orders')
      .select('accessionNumber')
      .where('id', '=', read.orderId)
      .executeTakeFirstOrThrow();
    const names = { study: read.study, size: 16, patientName: 'ZHENG^JIU=郑^九', accessionNumber };
    const burned: ElementList = [[0x00280301, 'YES', 'CS']];
    const report = makeFile({ ...names, series: newUid(), sopClass: sopClasses.comprehensiveSr, modality: 'SR' });
    const answer = await stow(read.hub.url, read.people.tech1, [
      makeFile({ ...names, series: read.series, instanceNumber: 9, more: burned }),
      report.subarray(0, report.length - 12 - 512),
    ]);
    expect(answer.status).toBe(200);
  }); // prettier-ignore

  test('leaves out documents and pictures that say they show a name, and says so in both languages', async () => {
    const files = await zip();
    expect(objects(files)).toHaveLength(4);
    const text = leftOut(files);
    expect(text.split('\r\n').filter(Boolean)).toHaveLength(2);
    for (const word of ['画面上可能有姓名', 'the picture may show a name', '不是图像'])
      expect(text).toContain(word);
  });

  test('takes them once a person says to have looked at every picture; documents stay out', async () => {
    const files = await zip({ picturesChecked: true });
    expect(objects(files)).toHaveLength(5);
    expect(leftOut(files)).not.toContain('画面上可能有姓名');
    expect(leftOut(files)).toContain('不是图像');
  });

  test('has UIDs of its own that hang together, and other ones in the next export', async () => {
    const uids = async () => {
      const list = objects(await zip()).map(([, bytes]) => readHeader(Buffer.from(bytes)).dataSet);
      const of = (tag: number) => new Set(list.map((dataSet) => dataSet.string(tag)!));
      return { studies: of(tags.studyInstanceUid), series: of(tags.seriesInstanceUid), images: of(tags.sopInstanceUid), patients: of(tags.patientId) };
    };
    const [first, second] = [await uids(), await uids()];
    expect([first.studies.size, first.series.size, first.images.size, first.patients.size]).toEqual([1, 1, 4, 1]);
    expect(first.studies.has(read.study)).toBe(false);
    for (const kind of ['studies', 'series', 'images', 'patients'] as const)
      for (const uid of first[kind]) expect(second[kind].has(uid)).toBe(false);
  }); // prettier-ignore

  test('of originals gives everything, the report too, byte for byte', async () => {
    const answer = await ask({ kind: 'dicom', reason: '会诊' });
    const files = objects(unzipSync(new Uint8Array(answer.body)));
    expect(files).toHaveLength(6);
    const bytes = files.map(([, each]) => Buffer.from(each));
    for (const file of read.files) expect(bytes.some((each) => each.equals(file))).toBe(true);
    expect(files.every(([name]) => /^DICOM\/ST\d{6}\/SE\d{6}\/IM\d{6}$/.test(name))).toBe(true);
  });
});
