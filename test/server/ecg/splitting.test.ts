import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../helpers/hub.ts';
import { scp, startCounty, type County } from './county.ts';

let county: County;
let registrar: Client;
let verifier: Client;
beforeAll(async () => {
  county = await startCounty();
  registrar = await county.hub.as('registrar1');
  verifier = await county.hub.as('cardiologist2');
});
afterAll(async () => county.hub.close());

const reason = '记录属于另一名患者';
const pin = '246810';

/** An order whose recording was read, handed over and signed. */
async function signedCase(bpm: number) {
  const { upload, order, reader } = county;
  const made = await order();
  const sent = await upload(scp({ sequence: made.accessionNumber, number: made.hospitalNumber, bpm }));
  expect(sent.body.join).toMatchObject({ state: 'joined', orderId: made.id });
  const path = `/api/orders/${made.id}`;
  await reader.post(`${path}/claim`);
  const draft = await reader.get(`${path}/report`);
  await reader.put(
    `${path}/report`,
    { findings: '窦性心律。', impression: '正常心电图。', positive: false },
    { 'if-match': draft.headers.get('etag') ?? '' },
  );
  expect((await reader.post(`${path}/report/submit`)).status).toBe(200);
  expect((await verifier.post(`${path}/report/sign`, { pin })).status).toBe(200);
  const recordingId: string = sent.body.id;
  return { orderId: made.id, path, recordingId, split: `/api/ecg/recordings/${recordingId}/split` };
}

const waiting = async (recordingId: string) =>
  (await registrar.get('/api/ecg/unmatched')).body.items.find(
    (item: { subjectId: string }) => item.subjectId === recordingId,
  );

test('a verifier splits a recording off a signed case: its report is voided, the recording waits for a person', async () => {
  const { reader, order } = county;
  const { orderId, path, recordingId, split } = await signedCase(72);
  const body = { orderId, reason, pin };
  expect((await registrar.post(split, body)).body.detail).toContain('a verifier splits it');
  expect((await reader.post(split, body)).status, 'who only writes').toBe(403);
  expect((await verifier.post(split, { orderId, reason })).body.type).toContain('pin-required');
  const elsewhere = { ...body, toOrderId: (await order()).id };
  expect((await verifier.post(split, elsewhere)).status, 'a verifier gives it to no other order').toBe(403);
  expect((await verifier.get(path)).body.status, 'nothing is voided meanwhile').toBe('final');

  expect((await verifier.post(split, body)).body).toMatchObject({ status: 'received' });
  const after = (await verifier.get(path)).body;
  expect(after.input.recordings).toEqual([]);
  const versions = (await verifier.get(`${path}/reports`)).body.items.map(
    (each: { kind: string }) => each.kind,
  );
  expect(versions).toContain('void');
  const kinds = (await verifier.get(`${path}/timeline`)).body.items.map(
    (each: { kind: string }) => each.kind,
  );
  expect(kinds).toEqual(expect.arrayContaining(['voided', 'reopened', 'input-split']));
  expect(await waiting(recordingId)).toMatchObject({
    kind: 'no-order',
    reason: expect.stringContaining(reason),
    detail: { patientName: '张三' },
  });
});

test('after the verifier voided the report the registrar gives the recording to its order', async () => {
  const { order } = county;
  const { orderId, path, recordingId, split } = await signedCase(73);
  expect((await verifier.post(`${path}/report/void`, { reason, pin })).status).toBe(200);
  const right = await order();
  const imaging = await county.doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    remoteConsent: { by: '张三', at: new Date().toISOString() },
    patient: { name: '张三', sex: 'M', birthDate: '1953-05-08', identifiers: [{ type: 'mrn', value: 'X1' }] },
  });
  const wrongCentre = { orderId, reason, toOrderId: imaging.body.id };
  expect((await registrar.post(split, wrongCentre)).status, 'of another centre').toBe(422);
  const moved = await registrar.post(split, { orderId, reason, toOrderId: right.id });
  expect(moved.body).toMatchObject({ orderId, status: 'received' });
  const joined = (await verifier.get(`/api/orders/${right.id}`)).body;
  expect(joined).toMatchObject({ status: 'received', input: { recordings: [{ id: recordingId }] } });
  expect(await waiting(recordingId)).toBeUndefined();
});
