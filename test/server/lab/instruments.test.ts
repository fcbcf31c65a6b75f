import { beforeAll, expect, test } from 'vitest';
import { head, hub, nurse, openLaboratory, technician } from './laboratory.ts';

let id: string;
openLaboratory();
beforeAll(async () => {
  const all = (await technician.get('/api/lab/instruments')).body.items;
  id = all.find((one: { code: string }) => one.code === 'BS2800').id;
});

const rule = (more: object) => ({
  instrumentCode: 'GLU',
  testCode: 'GLU',
  fromUnit: 'mg/dL',
  factor: 0.0555,
  ...more,
});
const mapping = async (code: string) =>
  (await technician.get(`/api/lab/instrument-mappings?instrumentId=${id}`)).body.items.find(
    (one: { instrumentCode: string }) => one.instrumentCode === code,
  );

test('a conversion rule needs a unit of its own and a factor above zero', async () => {
  const faults = async (more: object) => {
    const { status, body } = await technician.post(`/api/lab/instruments/${id}/map`, rule(more));
    return [status, body.errors?.[0]?.path, body.errors?.[0]?.code];
  };
  for (const factor of [0, -1, null, '0.0555']) expect((await faults({ factor }))[0]).toBe(422);
  expect(await faults({ factor: undefined })).toEqual([422, 'factor', 'rule-without-factor']);
  expect(await faults({ fromUnit: 'MMOL/L' })).toEqual([422, 'fromUnit', 'same-unit']);
  expect(await faults({ fromUnit: ' ' })).toEqual([422, 'fromUnit', 'rule-without-unit']);
  expect(await faults({ testCode: 'INR' })).toEqual([422, 'fromUnit', 'test-without-unit']);
  expect(await faults({ testCode: 'NO' })).toEqual([422, 'testCode', 'unknown-test']);
  expect(await mapping('GLU')).toMatchObject({ fromUnit: null, factor: 1, mappedBy: null });
});

test('a rule is listed with who entered it, changed, removed; each act is in the audit', async () => {
  expect((await technician.post(`/api/lab/instruments/${id}/map`, rule({}))).status).toBe(200);
  expect(await mapping('GLU')).toMatchObject({
    testUnit: 'mmol/L',
    fromUnit: 'mg/dL',
    factor: 0.0555,
    unitAssumed: false,
    mappedBy: expect.any(String),
    mappedAt: expect.any(String),
    waiting: 0,
  });
  expect((await technician.post(`/api/lab/instruments/${id}/map`, rule({ factor: 0.05551 }))).status).toBe(
    200,
  );
  const end = { instrumentCode: 'GLU', reason: '仪器改用 mmol/L' };
  expect((await nurse.post(`/api/lab/instruments/${id}/unmap`, end)).status).toBe(403);
  expect((await technician.post(`/api/lab/instruments/${id}/unmap`, end)).status).toBe(200);
  expect((await technician.post(`/api/lab/instruments/${id}/unmap`, end)).status).toBe(404);
  expect(await mapping('GLU')).toBeUndefined();
  const kept = await hub.ctx.db
    .selectFrom('auditEvent')
    .select(['action', 'detail'])
    .where('subjectId', '=', id)
    .where('action', 'like', 'instrument.%map')
    .orderBy('seq')
    .execute();
  expect(kept.map((row) => row.action)).toEqual(['instrument.map', 'instrument.map', 'instrument.unmap']);
  expect(kept[1]?.detail).toMatchObject({ factor: 0.05551, before: { factor: 0.0555 } });
  expect(kept[2]?.detail).toMatchObject({ reason: end.reason, before: { fromUnit: 'mg/dL' } });
});

test('the head adds an analyzer and takes it out of use; code and sender stand once', async () => {
  const analyzer = {
    code: 'AU680',
    name: '生化分析仪 AU680',
    bench: '生化',
    protocol: 'hl7',
    driver: 'lis2-a2',
    sender: 'AU680|BECKMAN',
  };
  expect((await technician.post('/api/lab/instruments', analyzer)).status).toBe(403);
  const added = await head.post('/api/lab/instruments', analyzer);
  expect([added.status, added.body.sender]).toEqual([201, 'AU680|BECKMAN']);
  expect((await head.post('/api/lab/instruments', analyzer)).body.type).toBe('duplicate-instrument');
  const twice = await head.post('/api/lab/instruments', { ...analyzer, code: 'AU681' });
  expect([twice.status, twice.body.type]).toEqual([409, 'duplicate-instrument']);
  const out = await head.put(`/api/lab/instruments/${added.body.id}`, { ...analyzer, active: false });
  expect([out.status, out.body.active]).toEqual([200, false]);
  expect((await head.put(`/api/lab/instruments/${crypto.randomUUID()}`, analyzer)).status).toBe(404);
});
