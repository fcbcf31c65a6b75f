import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { recordExamination } from '../../../../server/core/order/recordExamination.ts';
import { printedImages } from '../../../../server/imaging/print/printedImages.ts';
import { tags, type ElementList } from '../../../../server/standards/dicom/index.ts';
import { get, stow } from '../../../integrations/dicomweb/client.ts';
import { makeFile, newUid } from '../objects.ts';
import { startReadCase, type ReadCase } from '../readCase.ts';

let hub: ReadCase['hub'];
let people: ReadCase['people'];
let orderId: ReadCase['orderId'];
let study: ReadCase['study'];
let series: ReadCase['series'];
let uid: ReadCase['uid'];

beforeAll(async () => {
  ({ hub, people, orderId, study, series, uid } = await startReadCase());
});
afterAll(() => hub.close());

test('previews of all frames come in one answer, with an index in front', async () => {
  const answer = await get(hub.url, people.radiologist1, `/api/imaging/series/${series}/preview`);
  expect(answer.status).toBe(200);
  const length = answer.body.readUInt32LE(0);
  const index = JSON.parse(answer.body.toString('utf8', 4, 4 + length));
  expect(index.instances).toHaveLength(4);
  expect(index.decodeLevel).toBe(3);
  for (const { frames } of index.instances)
    for (const [offset] of frames) expect(answer.body.readUInt16BE(4 + length + offset)).toBe(0xff4f);
  const part = await get(hub.url, people.radiologist1, `/api/imaging/series/${series}/preview`, '*/*', {
    range: 'bytes=0-3',
  });
  expect(part.status).toBe(206);
  expect((await get(hub.url, people.lab1, `/api/imaging/series/${series}/preview`)).status).toBe(404);
  expect(
    (await get(hub.url, people.radiologist1, `/api/imaging/series/${series}/thumbnail`)).headers.get(
      'content-type',
    ),
  ).toBe('image/jpeg');
});

test('key images of the own study only', async () => {
  const path = `/api/imaging/orders/${orderId}/key-images`;
  const added = await people.radiologist1.post(path, { sopInstanceUid: uid, frame: 1 });
  expect(added.status).toBe(201);
  expect((await people.radiologist1.post(path, { sopInstanceUid: newUid(), frame: 1 })).status).toBe(404);
  expect((await people.radiologist1.post(path, { sopInstanceUid: uid, frame: 2 })).status).toBe(404);
  expect((await people.radiologist1.get(path)).body.items).toHaveLength(1);
  expect((await people.radiologist1.delete(`${path}/${added.body.id}`)).status).toBe(204);
  expect((await people.radiologist1.get(path)).body.items).toHaveLength(0);
});

test('a grade below A names its faults and goes back to the site', async () => {
  const path = `/api/imaging/orders/${orderId}/grade`;
  expect((await people.radiologist1.post(path, { grade: 'B' })).status).toBe(422);
  expect((await people.radiologist1.post(path, { grade: 'B', faults: ['motion'] })).status).toBe(200);
  expect((await people.radiologist1.get(`/api/orders/${orderId}`)).body.input.grade).toMatchObject({
    grade: 'B',
    faults: ['motion'],
  });
  const told = await hub.ctx.db
    .selectFrom('notification')
    .select('kind')
    .where('orderId', '=', orderId)
    .execute();
  expect(told.map((row) => row.kind)).toContain('image-graded');
});

test('a second opinion is an order of its own on the same images', async () => {
  const examined = new Date(Date.now() - 3_600_000);
  await hub.ctx.db.transaction().execute(async (trx) => {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    await recordExamination(hub.ctx, trx, SYSTEM, order, {
      deviceAt: examined,
      clockOffsetMs: 0,
      source: 'mpps',
    });
  });
  const asked = await people.radiologist1.post(`/api/imaging/orders/${orderId}/second-opinion`, {
    question: '是否出血?',
  });
  expect(asked.status).toBe(201);
  const opinion = (await people.radiologist1.get(`/api/orders/${asked.body.id}`)).body;
  const priors = (await people.radiologist1.get(`/api/imaging/orders/${orderId}/priors`)).body.items;
  expect(priors.map((each: { orderId: string }) => each.orderId)).not.toContain(asked.body.id);
  expect(opinion.status).toBe('received');
  const { items: steps } = (await people.radiologist1.get(`/api/orders/${asked.body.id}/timeline`)).body;
  expect(steps.filter((each: { kind: string }) => each.kind.startsWith('examin'))).toMatchObject([
    { kind: 'examined', at: examined.toISOString() },
  ]);
  expect(opinion.input.studies[0].studyInstanceUid).toBe(study);
  expect(opinion.input.opinionOn.orderId).toBe(orderId);
  expect((await people.radiologist1.get(`/api/orders/${orderId}`)).body.input.secondOpinions).toHaveLength(1);
});

test('cases marked for teaching stand in a list of their own, without the names of patients', async () => {
  const { radiologist1, doctor1 } = people;
  const mark = (on: boolean) =>
    radiologist1.put(`/api/imaging/orders/${orderId}/teaching`, { on, note: '典型征象' });
  const listed = async () => (await radiologist1.get('/api/imaging/teaching')).body.items;
  expect((await mark(true)).status).toBe(200);
  expect(await listed()).toMatchObject([{ orderId, note: '典型征象' }]);
  expect(JSON.stringify(await listed())).not.toContain('patient');
  expect((await doctor1.get('/api/imaging/teaching')).status).toBe(403);
  expect((await mark(false)).status).toBe(200);
  expect(await listed()).toEqual([]);
});

test('a remark stands on the timeline', async () => {
  const path = `/api/imaging/orders/${orderId}/comment`;
  expect((await people.radiologist1.post(path, { text: '请上级医师复阅右下肺' })).status).toBe(201);
  expect((await people.radiologist1.post(path, { text: ' ' })).status).toBe(422);
  expect((await people.doctor1.post(path, { text: '基层' })).status).toBe(403);
  expect((await people.lab1.post(path, { text: '检验' })).status).toBeGreaterThanOrEqual(403);
  const { items } = (await people.doctor1.get(`/api/orders/${orderId}/timeline`)).body;
  expect(items.filter((each: { kind: string }) => each.kind === 'commented')).toMatchObject([
    { detail: { note: '请上级医师复阅右下肺' } },
  ]);
});

test('a prior is dated by its examination, not by when its images came', async () => {
  const at = new Date(Date.now() - 60 * 24 * 3_600_000);
  at.setMilliseconds(0);
  const mrn = newUid().slice(-9);
  const order = async () =>
    (
      await people.doctor1.post('/api/orders', {
        center: 'imaging', items: [{ code: 'CT-HEAD' }], priority: 'routine',
        patient: { name: '冯十', sex: 'M', birthDate: '1970-01-01', identifiers: [{ type: 'mrn', value: mrn }] },
        remoteConsent: { by: '本人', at: new Date().toISOString() },
      })
    ).body; // prettier-ignore
  const old = await order();
  await stow(hub.url, people.tech1, [
    makeFile({ patientName: 'FENG^SHI=冯^十', accessionNumber: old.accessionNumber, at }),
  ]);
  const { id } = await order();
  const { items } = (await people.radiologist1.get(`/api/imaging/orders/${id}/priors`)).body;
  expect(items).toMatchObject([{ orderId: old.id, performedAt: at.toISOString() }]);
});

test('a PDF that lies in an object is its own rendering', async () => {
  const [documentStudy, documentSeries, documentUid] = [newUid(), newUid(), newUid()];
  const written = Buffer.from('%PDF-1.4 剂量报告');
  const file = makeFile({
    study: documentStudy, series: documentSeries, uid: documentUid, modality: 'DOC',
    sopClass: '1.2.840.10008.5.1.4.1.1.104.1', more: [[0x00420011, written, 'OB']],
  }); // prettier-ignore
  await stow(hub.url, people.tech1, [file]);
  const path = `/dicom-web/studies/${documentStudy}/series/${documentSeries}/instances/${documentUid}/rendered`;
  const answer = await people.tech1.get(path, { accept: 'application/pdf' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('application/pdf');
});

test('a printed image is named by the numbers of its device, as the page and the report name it', async () => {
  const [oneStudy, oneUid] = [newUid(), newUid()];
  await stow(hub.url, people.tech1, [
    makeFile({ study: oneStudy, uid: oneUid, instanceNumber: 45, size: 16 }),
  ]);
  const image = { studyInstanceUid: oneStudy, sopInstanceUid: oneUid, frame: 1 };
  const { printed } = await printedImages(hub.ctx, [image], {});
  expect(printed.map((each) => each.caption)).toEqual([expect.stringMatching(/^序列 \d+ 图 45$/)]);
});

test('a printed image bears the letters of its sides and a scale in true millimetres, where its header tells them', async () => {
  const [oneStudy, turned, film, bare] = [newUid(), newUid(), newUid(), newUid()];
  const coronal: ElementList = [
    [tags.imageOrientationPatient, [1, 0, 0, 0, 0, -1]],
    [tags.pixelSpacing, [0.5, 0.25]],
  ];
  const chest: ElementList = [
    [0x00200020, ['L', 'F'], 'CS'],
    [tags.imagerPixelSpacing, [0.28, 0.28]],
  ];
  await stow(hub.url, people.tech1, [
    makeFile({ study: oneStudy, uid: turned, more: coronal }),
    makeFile({ study: oneStudy, uid: film, modality: 'DX', more: chest }),
    makeFile({ study: oneStudy, uid: bare }),
  ]);
  const images = [turned, film, bare].map((sopInstanceUid) => ({
    studyInstanceUid: oneStudy,
    sopInstanceUid,
    frame: 1,
  }));
  const { printed } = await printedImages(hub.ctx, images, {});
  const sides = { left: 'R', right: 'L', top: 'H', bottom: 'F' };
  expect(printed.map((each) => each.signs)).toEqual([
    { sides, scale: { mmPerPixel: 0.25, place: '' } },
    { sides, scale: { mmPerPixel: 0.28, place: '探测器' } },
    { sides: null, scale: null },
  ]);
});
