import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineActor } from '../../../../server/core/access/actor.ts';
import { createRequest } from '../../../../server/core/order/createRequest.ts';
import { requestInput } from '../../../../server/core/order/requestInput.ts';
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

const patient = (serial: number, name: string) => ({
  name,
  sex: 'F',
  birthDate: '1972-05-18',
  identifiers: [{ type: 'id-card', value: completeIdCard(`32062119720518${serial}`) }],
});
const request = (person: ReturnType<typeof patient>, more: Record<string, unknown> = {}) => ({
  center: 'imaging',
  items: [{ code: 'DR-CHEST' }],
  priority: 'routine',
  patient: person,
  remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  ...more,
});

async function signed(person: ReturnType<typeof patient>): Promise<string> {
  const { id } = (await doctor.post('/api/orders', request(person))).body;
  await reader.post(`/api/orders/${id}/accept`);
  await reader.post(`/api/orders/${id}/claim`);
  await reader.put(
    `/api/orders/${id}/report`,
    { findings: '双肺清晰', impression: '心肺未见异常' },
    { 'If-Match': '"0"' },
  );
  await reader.post(`/api/orders/${id}/report/submit`);
  expect((await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' })).body.status).toBe('final');
  return id;
}

describe('ordering past an earlier valid result', () => {
  test('asks for a decision, takes the adoption with its citation and orders nothing', async () => {
    const person = patient(102, '互认甲');
    await signed(person);
    const asked = await doctor.post('/api/orders', request(person));
    expect(asked.status).toBe(409);
    expect(asked.body).toMatchObject({
      type: 'recognition-decision-required',
      prompts: [{ itemCode: 'DR-CHEST', label: '县HR', impression: '心肺未见异常', remainingDays: 14 }],
    });
    const { promptId } = asked.body.prompts[0];
    const adopted = await doctor.post(
      '/api/orders',
      request(person, { recognitionDecisions: [{ promptId, decision: 'adopt' }] }),
    );
    expect(adopted.status).toBe(201);
    expect(adopted.body.orders).toEqual([]);
    expect(adopted.body.adopted[0].citation).toContain('心肺未见异常');
    const prompts = await hub.ctx.db
      .selectFrom('recognitionPrompt')
      .selectAll()
      .where('patientId', 'in', (qb) => qb.selectFrom('patient').select('id').where('name', '=', '互认甲'))
      .execute();
    expect(prompts).toMatchObject([{ decision: 'adopt', saving: 75 }]);
    await expect(
      hub.ctx.pool.query('update recognition_prompt set decision = null, decided_at = null where id = $1', [
        prompts[0]!.id,
      ]),
    ).rejects.toThrow(/immutable/);
  });

  test('takes a repetition only with one of the six reasons and the patient told', async () => {
    const person = patient(104, '互认乙');
    await signed(person);
    const { promptId } = (await doctor.post('/api/orders', request(person))).body.prompts[0];
    const repeat = (decision: Record<string, unknown>) =>
      doctor.post(
        '/api/orders',
        request(person, { recognitionDecisions: [{ promptId, decision: 'repeat', ...decision }] }),
      );
    expect((await repeat({})).status).toBe(422);
    expect((await repeat({ reason: 'other', patientInformed: { by: '郑国华' } })).status).toBe(422);
    expect(
      (await repeat({ reason: 'condition-changed', patientInformed: { by: '郑国华', how: '当面' } })).body
        .status,
    ).toBe('requested');
  });

  test('an emergency proceeds and its decision is asked for afterwards', async () => {
    const person = patient(106, '互认丙');
    await signed(person);
    const urgent = await doctor.post('/api/orders', request(person, { priority: 'emergency' }));
    expect(urgent.status).toBe(201);
    const pending = (await doctor.get('/api/recognition/pending')).body.items.filter(
      (item: { orderId: string }) => item.orderId === urgent.body.id,
    );
    expect(pending).toMatchObject([{ emergency: true }]);
    const decided = await doctor.post(`/api/orders/${urgent.body.id}/recognition`, {
      recognitionDecisions: [
        {
          promptId: pending[0].promptId,
          decision: 'repeat',
          reason: 'emergency',
          patientInformed: { by: '郑国华' },
        },
      ],
    });
    expect(decided.status).toBe(200);
  });

  test('a result voided after the prompt cannot be adopted', async () => {
    const person = patient(108, '互认丁');
    const id = await signed(person);
    const { promptId } = (await doctor.post('/api/orders', request(person))).body.prompts[0];
    await verifier.post(`/api/orders/${id}/report/void`, { pin: '246810', reason: '患者错误' });
    expect(
      (
        await doctor.post(
          '/api/orders',
          request(person, { recognitionDecisions: [{ promptId, decision: 'adopt' }] }),
        )
      ).body.type,
    ).toBe('recognition-prompt-outdated');
    expect((await doctor.post('/api/orders', request(person))).status).toBe(201);
  });

  test('an order by message is held for the clinician and goes on after the decision', async () => {
    const person = patient(110, '互认戊');
    await signed(person);
    const site = await hub.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    const his = machineActor('HIS|LIUHE', 'his', site.id, ['order.request', 'order.read']);
    const { orders } = await createRequest(hub.ctx, his, requestInput.parse(request(person)), {
      source: 'hl7',
    });
    expect(orders[0]?.status).toBe('awaiting-decision');
    const id = orders[0]!.id;
    const pending = (await doctor.get('/api/recognition/pending')).body.items.find(
      (item: { orderId: string }) => item.orderId === id,
    );
    const decided = await doctor.post(`/api/orders/${id}/recognition`, {
      recognitionDecisions: [{ promptId: pending.promptId, decision: 'adopt' }],
    });
    expect(decided.body.status).toBe('cancelled');
  });
});

test('a signed label stays as it was when its evidence is revoked; new ones have none', async () => {
  const head = await hub.as('head1');
  const person = patient(112, '互认己');
  const id = await signed(person);
  const evidence = (await head.get('/api/recognition/evidence')).body.items.filter(
    (item: { institutionName: string; validTo: string; validFrom: string }) =>
      item.institutionName === '柳河镇卫生院' &&
      item.validFrom <= '2026-11-22' &&
      item.validTo >= '2026-11-22',
  );
  for (const row of evidence)
    await head.post(`/api/recognition/evidence/${row.id}/revoke`, { reason: '评价撤销' });
  expect((await doctor.get(`/api/orders/${id}/reports`)).body.items[0].recognition.mark).toBe('县HR');
  const later = await signed(patient(114, '互认庚'));
  expect((await doctor.get(`/api/orders/${later}/reports`)).body.items[0].recognition.mark).toBeUndefined();
});
