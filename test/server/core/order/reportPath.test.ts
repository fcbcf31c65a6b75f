import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { climbLadder } from '../../../../server/core/critical/climbLadder.ts';
import { escalateClocks } from '../../../../server/core/turnaround/escalateClocks.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let reader: Client;
let verifier: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, reader, verifier] = await Promise.all([
    hub.as('doctor1'),
    hub.as('radiologist1'),
    hub.as('radiologist2'),
  ]);
});
afterAll(() => hub.close());

let serial = 101;
const person = (name: string) => ({
  name,
  sex: 'M',
  birthDate: '1980-03-07',
  identifiers: [{ type: 'id-card', value: completeIdCard(`32062119800307${(serial += 2)}`) }],
});
const consent = { by: '本人', at: '2026-11-22T08:00:00+08:00' };
const request = (more: Record<string, unknown> = {}) => ({
  center: 'imaging',
  items: [{ code: 'DR-CHEST' }],
  priority: 'emergency',
  patient: person('赵一'),
  remoteConsent: consent,
  ...more,
});
const place = async (more?: Record<string, unknown>) => {
  const answer = await doctor.post('/api/orders', request(more));
  expect(answer.body).toMatchObject({ status: 'requested' });
  return answer.body as { id: string; accessionNumber: string };
};
const accept = async (id: string) => expect((await reader.post(`/api/orders/${id}/accept`)).status).toBe(200);
const write = async (id: string) => {
  await reader.post(`/api/orders/${id}/claim`);
  const saved = await reader.put(
    `/api/orders/${id}/report`,
    { findings: '双肺纹理清晰', impression: '未见异常', positive: false, critical: false },
    { 'If-Match': '"0"' },
  );
  expect(saved.status).toBe(200);
};

test('an answer about a patient is kept by no browser: after a signature no older state comes from its cache', async () => {
  const { id } = await place();
  await accept(id);
  await write(id);
  const read = await reader.get(`/api/orders/${id}/report`);
  expect(read.headers.get('cache-control')).toBe('no-store');
  expect(read.headers.get('etag')).toBe('"1"');
});

describe('a request', () => {
  test('for a chest DR and a head CT becomes two orders with their own accession numbers', async () => {
    const answer = await doctor.post(
      '/api/orders',
      request({ items: [{ code: 'DR-CHEST' }, { code: 'CT-HEAD' }] }),
    );
    expect(answer.status).toBe(201);
    const [a, b] = answer.body.orders;
    expect(a.accessionNumber).toMatch(/^[A-Z0-9]{1,16}$/);
    expect(a.accessionNumber).not.toBe(b.accessionNumber);
    const found = await doctor.get(`/api/orders?accessionNumber=${b.accessionNumber}`);
    expect(found.body.items).toMatchObject([{ id: b.id, itemName: '头颅 CT 平扫' }]);
  });

  test('whose ID card contradicts the birth date is refused naming the field', async () => {
    const answer = await doctor.post(
      '/api/orders',
      request({ patient: { ...person('赵二'), birthDate: '1981-03-07' } }),
    );
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.errors).toMatchObject([{ path: 'patient.birthDate' }]);
  });

  test('with a wrong check digit, an unknown item or no consent says so', async () => {
    const wrong = await doctor.post(
      '/api/orders',
      request({
        patient: { ...person('赵三'), identifiers: [{ type: 'id-card', value: '320621198003071012' }] },
      }),
    );
    expect(wrong.body.errors[0].code).toBe('id-card-invalid');
    expect((await doctor.post('/api/orders', request({ items: [{ code: 'NO-SUCH' }] }))).status).toBe(422);
    expect(
      (await doctor.post('/api/orders', { ...request(), remoteConsent: undefined })).body.errors[0].path,
    ).toBe('remoteConsent');
  });

  test('sent twice at once for a new patient makes one patient', async () => {
    const patient = person('孙合');
    const made = await Promise.all([
      doctor.post('/api/orders', request({ patient })),
      doctor.post('/api/orders', request({ patient, items: [{ code: 'CT-HEAD' }] })),
    ]);
    expect(made.map((answer) => answer.status)).toEqual([201, 201]);
    const rows = await hub.ctx.db.selectFrom('patient').select('id').where('name', '=', '孙合').execute();
    expect(rows).toHaveLength(1);
  });

  test('with a placer number that stands already is refused', async () => {
    expect((await doctor.post('/api/orders', request({ placerOrderNumber: 'P-1' }))).status).toBe(201);
    expect((await doctor.post('/api/orders', request({ placerOrderNumber: 'P-1' }))).body.type).toBe(
      'duplicate-placer-order-number',
    );
  });
});

describe('the way of a report', () => {
  test('is claimed, written, submitted, signed by another, read, with clocks that agree', async () => {
    const { id } = await place();
    await accept(id);
    await write(id);
    expect((await reader.put(`/api/orders/${id}/report`, { findings: 'x' })).status).toBe(428);
    const stale = await reader.put(`/api/orders/${id}/report`, { findings: 'x' }, { 'If-Match': '"0"' });
    expect(stale.status).toBe(412);
    expect(stale.body.editor).toBe('陈思远');
    expect((await reader.post(`/api/orders/${id}/report/submit`)).body.status).toBe('preliminary');
    expect((await verifier.post(`/api/orders/${id}/report/sign`, { pin: '000000' })).body.type).toBe(
      'wrong-pin',
    );
    expect((await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' })).body.status).toBe(
      'final',
    );
    const pdf = await doctor.get(`/api/orders/${id}/report.pdf`);
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await doctor.post(`/api/orders/${id}/acknowledge`)).body.status).toBe('acknowledged');
    const timeline = (await doctor.get(`/api/orders/${id}/timeline`)).body;
    expect(timeline.items.map((event: { kind: string }) => event.kind)).toEqual([
      'requested',
      'received',
      'claimed',
      'preliminary',
      'final',
      'acknowledged',
    ]);
    expect(timeline.clocks.map((clock: { state: string }) => clock.state)).toEqual(['met', 'met']);
  });

  test('the writer never signs his own report under the two-person rule', async () => {
    const { id } = await place();
    await accept(id);
    await verifier.post(`/api/orders/${id}/claim`);
    await verifier.put(`/api/orders/${id}/report`, { findings: 'a', impression: 'b' }, { 'If-Match': '"0"' });
    await verifier.post(`/api/orders/${id}/report/submit`);
    expect((await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' })).status).toBe(403);
  });

  test('of two claims at once one wins and the other is told whose it is', async () => {
    const { id } = await place();
    await accept(id);
    const both = await Promise.all([
      reader.post(`/api/orders/${id}/claim`),
      verifier.post(`/api/orders/${id}/claim`),
    ]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(both.find((answer) => answer.status === 409)?.body.claimedBy).toMatch(/陈思远|林静/);
  });

  test('of two signers at once one wins', async () => {
    const head = await hub.as('head1');
    const { id } = await place();
    await accept(id);
    await write(id);
    await reader.post(`/api/orders/${id}/report/submit`);
    const both = await Promise.all(
      [verifier, head].map((signer) => signer.post(`/api/orders/${id}/report/sign`, { pin: '246810' })),
    );
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
    const told = both.find((answer) => answer.status === 409)?.body;
    expect(told).toMatchObject({ type: 'already-signed', signedBy: expect.stringMatching(/林静|萧正/) });
    expect((await reader.get(`/api/orders/${id}/reports`)).body.items).toHaveLength(1);
  });

  test('a correction replaces the final version, asks for a fresh acknowledgement and calls readers back', async () => {
    const { id } = await place();
    await accept(id);
    await write(id);
    await reader.post(`/api/orders/${id}/report/submit`);
    await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' });
    await doctor.get(`/api/orders/${id}/report.pdf`);
    await doctor.post(`/api/orders/${id}/acknowledge`);
    const corrected = await verifier.post(`/api/orders/${id}/report/correct`, {
      pin: '246810',
      reason: '左右写反',
      content: { impression: '右肺下叶结节' },
    });
    expect(corrected.body.status).toBe('corrected');
    const versions = (await doctor.get(`/api/orders/${id}/reports`)).body.items;
    expect(versions.map((version: { state: string }) => version.state)).toEqual(['corrected', 'valid']);
    expect((await doctor.get('/api/notifications')).body.items).toMatchObject([
      { kind: 'report.correction', orderId: id },
    ]);
    expect((await doctor.post(`/api/orders/${id}/acknowledge`)).body.status).toBe('acknowledged');
    expect(
      (await verifier.post(`/api/orders/${id}/report/void`, { pin: '246810', reason: '患者错误' })).body
        .status,
    ).toBe('void');
  });

  test('nobody signs outside the scope of his licence', async () => {
    const { id } = await place();
    await accept(id);
    await write(id);
    await reader.post(`/api/orders/${id}/report/submit`);
    const scope = (licenceScope: string[]) =>
      hub.ctx.db.updateTable('staff').set({ licenceScope }).where('username', '=', 'radiologist2').execute();
    const sign = () => verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' });
    await scope(['ecg', 'imaging:US']);
    const refused = await sign();
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringContaining('does not cover imaging:'),
    ]);
    await scope(['imaging']);
    expect((await sign()).status).toBe(200);
    await scope([]);
  });

  test('a rejected report returns to its writer with the reason', async () => {
    const { id } = await place();
    await accept(id);
    await write(id);
    await reader.post(`/api/orders/${id}/report/submit`);
    await verifier.post(`/api/orders/${id}/report/reject`, { reason: '描述不全' });
    expect((await reader.get(`/api/orders/${id}/report`)).body).toMatchObject({
      state: 'rejected',
      rejectReason: '描述不全',
      version: 1,
    });
    expect((await reader.get(`/api/orders/${id}`)).body).toMatchObject({
      status: 'claimed',
      claimedBy: '陈思远',
    });
  });
});

describe('what another site may know', () => {
  test('a guessed id of another site is 404 and audited', async () => {
    const { id } = await place();
    const other = await hub.as('clinician1');
    expect((await other.get(`/api/orders/${id}`)).status).toBe(404);
    expect((await other.post(`/api/orders/${id}/acknowledge`)).status).toBe(404);
    const denied = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('actorName')
      .where('subjectId', '=', id)
      .where('outcome', '=', 'denied')
      .execute();
    expect(denied.map((row) => row.actorName)).toEqual(['彭一鸣', '彭一鸣']);
  });
});

describe('critical values', () => {
  test('climb the ladder until the site acknowledges with read-back', async () => {
    const { id } = await place();
    await accept(id);
    const raised = await reader.post(`/api/orders/${id}/critical`, { finding: '张力性气胸' });
    expect(raised.status).toBe(201);
    await climbLadder(hub.ctx);
    hub.clock.advance(6);
    await climbLadder(hub.ctx);
    const open = (await doctor.get('/api/critical')).body.items.find(
      (item: { id: string }) => item.id === raised.body.id,
    );
    expect(
      open.events
        .filter((event: { kind: string }) => event.kind === 'escalated')
        .map((event: { detail: { duty: string } }) => event.detail.duty),
    ).toEqual(['clinician', 'site-duty']);
    expect(
      (await doctor.post(`/api/critical/${raised.body.id}/answer`, { kind: 'disposed', disposition: '穿刺' }))
        .status,
    ).toBe(409);
    const call = {
      kind: 'notified',
      channel: 'phone',
      recipientName: '郑国华',
      result: 'reached',
      readBack: '气胸',
    };
    const answerOf = async (username: string, answer: object) =>
      (await (await hub.as(username)).post(`/api/critical/${raised.body.id}/answer`, answer)).status;
    expect(await answerOf('duty1', call), 'the last rung telephones').toBe(200);
    expect(await answerOf('doctor1', call), 'the site does not notify itself').toBe(403);
    expect(
      await answerOf('head1', { kind: 'acknowledged', readBack: '气胸' }),
      'a reader is not the site',
    ).toBe(403);
    expect(
      (
        await doctor.post(`/api/critical/${raised.body.id}/answer`, {
          kind: 'acknowledged',
          readBack: '左侧张力性气胸',
        })
      ).status,
    ).toBe(200);
    expect(
      (
        await doctor.post(`/api/critical/${raised.body.id}/answer`, {
          kind: 'disposed',
          disposition: '胸腔穿刺后转诊',
        })
      ).status,
    ).toBe(200);
    hub.clock.advance(10);
    expect(await climbLadder(hub.ctx)).toBe(0);
  });
});

describe('escalation', () => {
  test('warns and breaches each clock once and makes one ticket', async () => {
    const { id, accessionNumber } = await place();
    await accept(id);
    hub.clock.advance(25);
    await Promise.all([escalateClocks(hub.ctx), escalateClocks(hub.ctx)]);
    hub.clock.advance(10);
    await Promise.all([escalateClocks(hub.ctx), escalateClocks(hub.ctx)]);
    doctor = await hub.as('doctor1'); // 35 minutes end an idle session
    const kinds = (await doctor.get(`/api/orders/${id}/timeline`)).body.items.map(
      (event: { kind: string }) => event.kind,
    );
    expect(kinds.filter((kind: string) => kind.startsWith('turnaround'))).toEqual([
      'turnaround-warn',
      'turnaround-breach',
    ]);
    const tickets = await hub.ctx.db
      .selectFrom('ticket')
      .select(['title', 'step', 'dueAt', 'createdAt'])
      .where('orderId', '=', id)
      .execute();
    expect(tickets).toHaveLength(1);
    // Supervision takes it from here: its first step is due after a day.
    expect(tickets[0]?.step).toBe(1);
    expect(Number(tickets[0]?.dueAt) - Number(tickets[0]?.createdAt)).toBe(86_400_000);
    const listed = (await (await hub.as('qa1')).get('/api/tickets')).body.items;
    const policyNameEn = expect.stringMatching(/[A-Za-z]{3}/) as string;
    expect(listed).toContainEqual(expect.objectContaining({ accessionNumber, step: 1, policyNameEn }));
    expect(tickets[0]?.title).toContain(accessionNumber);
  });
});
