import { expect, test } from 'vitest';
import { machineActor } from '../../../server/core/access/actor.ts';
import { createRequest } from '../../../server/core/order/createRequest.ts';
import { requestInput } from '../../../server/core/order/requestInput.ts';
import {
  doctor,
  enter,
  head,
  hub,
  nurse,
  openLaboratory,
  received,
  technician,
  textOf,
  tubesOf,
  verifier,
} from './laboratory.ts';

openLaboratory();

test('a passed round gives the panel its ★; another panel of the same report has none', async () => {
  const CODES = ['K', 'NA', 'CL', 'CA', 'GLU', 'UREA', 'CREA'];
  const round = await head.post('/api/lab/eqa', {
    organizer: '省临床检验中心',
    scheme: '常规化学',
    name: '第 1 次',
    range: 'province',
    dueAt: new Date(Date.now() + 86_400_000).toISOString(),
    samples: ['1', '2', '3', '4', '5'],
    testCodes: CODES,
  });
  expect(round.status, JSON.stringify(round.body)).toBe(201);
  const unknown = await head.post('/api/lab/eqa', { ...round.body, samples: ['1'], testCodes: ['NOPE'] });
  expect(unknown.status).toBe(422);
  const cells = CODES.flatMap((testCode) =>
    ['1', '2', '3', '4', '5'].map((sample) => ({ testCode, sample })),
  );
  const entered = await technician.put(`/api/lab/eqa/${round.body.id}/results`, {
    results: cells.map((cell) => ({ ...cell, value: cell.sample === '5' ? '12' : '10' })),
    submit: true,
  });
  expect(entered.body.state).toBe('submitted');
  // A test must not pass on the one sample that was scored.
  const partly = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
    scores: cells
      .filter((cell) => cell.sample === '1')
      .map((cell) => ({ ...cell, target: 10, allowedPercent: 8 })),
    validFrom: '2026-01-01',
    validTo: '2027-01-01',
  });
  expect(partly.status).toBe(422);
  expect(partly.body.errors[0]).toMatchObject({ path: 'scores', code: 'missing-score' });
  expect(partly.body.errors[0].message).toContain('CA 2');
  const foreign = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
    scores: [{ sample: '9', testCode: 'K', acceptable: true }],
    validFrom: '2026-01-01',
    validTo: '2027-01-01',
  });
  expect(foreign.body.errors[0]).toMatchObject({ code: 'unknown-sample' });
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const scores = { scores: cells.map((cell) => ({ ...cell, target: 10, allowedPercent: 8 })) };
  const backwards = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
    ...scores,
    validFrom: day(1),
    validTo: day(-1),
  });
  expect(backwards.status).toBe(422);
  await hub.ctx.db.deleteFrom('qualityEvidence').where('source', '<>', 'eqa').execute();
  const scored = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
    ...scores,
    validFrom: day(-2),
    validTo: day(300),
  });
  // Four of five samples within 8 %: 80 %, passed.
  expect(scored.body.tests[0], JSON.stringify(scored.body)).toMatchObject({ score: 0.8, passed: true });
  expect(scored.body.evidence).toEqual(['BMP']);
  const listed = (await technician.get('/api/lab/eqa')).body.items.find(
    (one: { id: string }) => one.id === round.body.id,
  );
  expect(listed.evidence).toMatchObject([
    { itemCode: 'BMP', recognitionRange: 'province', validFrom: day(-2), validTo: day(300) },
  ]);

  const order = await received(['BMP', 'LFT']);
  await enter(order.id, { K: '4.4', NA: '141', CL: '104', CA: '2.3', GLU: '5', UREA: '5', CREA: '80' });
  await enter(order.id, { ALT: '20', AST: '22', TP: '70', ALB: '44', TBIL: '12', DBIL: '3' });
  await technician.post(`/api/lab/orders/${order.id}/technical`, {});
  const signed = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
  expect(signed.body.status, JSON.stringify(signed.body)).toBe('final');
  const text = await textOf((await doctor.get(`/api/orders/${order.id}/report.pdf`)).body);
  if (text === undefined) return;
  expect(text).toMatch(/检查机构 \S*县人民医院 /);
  const lineOf = (name: string) => text.split('\n').find((line) => line.includes(name)) ?? '';
  const eligible = await hub.ctx.db
    .selectFrom('recognitionItem')
    .select('itemCode')
    .where('itemCode', 'in', ['BMP', 'LFT'])
    .where('eligible', '=', true)
    .execute();
  expect(lineOf('尿素').includes('★')).toBe(eligible.some((one) => one.itemCode === 'BMP'));
  expect(lineOf('总蛋白')).not.toContain('★');
});

test('no tube is drawn while the doctor may still adopt an earlier result; an emergency goes on', async () => {
  await hub.ctx.db
    .insertInto('recognitionItem')
    .values({ itemCode: 'BMP', validityDays: 30 })
    .onConflict((held) => held.column('itemCode').doUpdateSet({ eligible: true }))
    .execute();
  const earlier = await received(['BMP']);
  await enter(earlier.id, { K: '4.4', NA: '141', CL: '104', CA: '2.3', GLU: '5', UREA: '5', CREA: '80' });
  await technician.post(`/api/lab/orders/${earlier.id}/technical`, {});
  expect((await verifier.post(`/api/orders/${earlier.id}/report/sign`, { pin: '246810' })).body.status).toBe(
    'final',
  );
  const site = await hub.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const his = machineActor('HIS|LIUHE', 'his', site.id, ['order.request', 'order.read']);
  const message = requestInput.parse({
    center: 'lab',
    items: [{ code: 'BMP' }],
    priority: 'routine',
    patient: {
      name: '石珅',
      sex: 'M',
      birthDate: '1980-05-06',
      identifiers: [{ type: 'mrn', value: earlier.mrn }],
    },
    remoteConsent: { by: '石珅', at: new Date().toISOString() },
  });
  const { orders } = await createRequest(hub.ctx, his, message, { source: 'hl7' });
  const [held] = orders;
  expect(held?.status).toBe('awaiting-decision');
  const [tube] = await tubesOf(held!.id);
  const refused = await nurse.post('/api/lab/collect', { barcode: tube!.barcode });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ type: 'decision-needed', order: held!.accessionNumber });
  expect(refused.body.detail).toContain('decision on recognizing');
  expect(refused.body.items).not.toBe('');
  const [prompt] = (await doctor.get(`/api/orders/${held!.id}/recognition`)).body.items;
  const decided = await doctor.post(`/api/orders/${held!.id}/recognition`, {
    recognitionDecisions: [
      {
        promptId: prompt.promptId,
        decision: 'repeat',
        reason: 'condition-changed',
        patientInformed: { by: '石珅' },
      },
    ],
  });
  expect(decided.status, JSON.stringify(decided.body)).toBe(200);
  expect((await nurse.post('/api/lab/collect', { barcode: tube!.barcode })).status).toBe(200);

  const urgent = await createRequest(hub.ctx, his, message, { source: 'hl7' });
  await hub.ctx.db
    .updateTable('orders')
    .set({ priority: 'emergency' })
    .where('id', '=', urgent.orders[0]!.id)
    .execute();
  expect(urgent.orders[0]!.status).toBe('awaiting-decision');
  const [now] = await tubesOf(urgent.orders[0]!.id);
  expect((await nurse.post('/api/lab/collect', { barcode: now!.barcode })).status).toBe(200);
  expect((await doctor.get(`/api/orders/${urgent.orders[0]!.id}`)).body.status).toBe('acquired');
});
