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
    const waiting = (await doctor.get(`/api/orders/${id}/recognition`)).body.items;
    expect(waiting).toMatchObject([
      { itemCode: 'DR-CHEST', label: '县HR', impression: '心肺未见异常', remainingDays: 14, price: 75, outdated: false },
    ]); // prettier-ignore
    await hub.ctx.db
      .insertInto('orderItem')
      .values({ orderId: id, code: 'US-ABDOMEN', name: '腹部超声', price: 90 })
      .execute();
    const decided = await doctor.post(`/api/orders/${id}/recognition`, {
      recognitionDecisions: [{ promptId: waiting[0].promptId, decision: 'adopt' }],
    });
    expect(decided.body.adopted[0].citation).toContain('心肺未见异常');
    // What was not adopted is ordered again at once, under the same request.
    expect(decided.body.rest).toMatchObject([{ status: 'requested' }]);
    const rest = await hub.ctx.db
      .selectFrom('orders')
      .select(['itemName', 'requestId', 'placerOrderNumber'])
      .where('id', '=', decided.body.rest[0].id)
      .executeTakeFirst();
    expect(rest).toMatchObject({ itemName: '腹部超声', requestId: orders[0]!.requestId });
    const after = (await doctor.get(`/api/orders/${id}/recognition`)).body;
    expect(after).toMatchObject({ items: [], decided: [{ decision: 'adopt', itemCode: 'DR-CHEST' }] });
    // Whoever adopted is called back when the result is corrected.
    const views = await hub.ctx.db
      .selectFrom('reportView')
      .select('act')
      .where('signedReportId', '=', String(waiting[0].promptId).split(':')[1] ?? '')
      .where('act', '=', 'adopted')
      .execute();
    expect(views).toHaveLength(1);
    expect(decided.body.status).toBe('cancelled');
  });
});

test('two orders by message for the same item wait each for a decision of their own', async () => {
  const person = patient(116, '互认辛');
  await signed(person);
  const site = await hub.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  const his = machineActor('HIS|LIUHE', 'his', site.id, ['order.request', 'order.read']);
  const place = async (more: Record<string, unknown> = {}) =>
    (await createRequest(hub.ctx, his, requestInput.parse(request(person, more)), { source: 'hl7' }))
      .orders[0]!.id;
  const [first, second, emergency] = [await place(), await place(), await place({ priority: 'emergency' })];
  const repeat = { decision: 'repeat', reason: 'condition-changed', patientInformed: { by: '郑国华' } };
  for (const id of [first, second, emergency]) {
    const [prompt] = (await doctor.get(`/api/orders/${id}/recognition`)).body.items;
    const decided = await doctor.post(`/api/orders/${id}/recognition`, {
      recognitionDecisions: [{ promptId: prompt.promptId, ...repeat }],
    });
    expect(decided.body.status).toBe('requested');
  }
});

describe('two requests at the same moment', () => {
  const numbersOf = async (name: string) =>
    hub.ctx.db.selectFrom('orders').select('accessionNumber').where('patientName', '=', name).execute();

  /** Sends all while the patient's lock is held, so that none can have seen what the others do. */
  async function atOnce<T>(name: string, send: (() => Promise<T>)[]): Promise<T[]> {
    const { id } = await hub.ctx.db
      .selectFrom('patient')
      .select('id')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    const client = await hub.ctx.pool.connect();
    try {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`recognition:${id}`]);
      const answers = send.map((one) => one());
      const waiting = () =>
        client
          .query(
            "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
          )
          .then(({ rows }) => rows[0].n as number);
      await expect.poll(waiting).toBe(send.length);
      await client.query('commit');
      return await Promise.all(answers);
    } finally {
      client.release();
    }
  }

  test('three of the same item become one order; the others are told of it and may still send again', async () => {
    const person = patient(120, '同时甲');
    await doctor.post('/api/orders', request(person, { items: [{ code: 'CT-HEAD' }] }));
    const send = () => doctor.post('/api/orders', request(person));
    const answers = await atOnce('同时甲', [send, send, send]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const [placed] = answers.filter((answer) => answer.status === 201);
    for (const refused of answers.filter((answer) => answer.status === 409))
      expect(refused.body).toMatchObject({
        type: 'ordered-meanwhile',
        orders: [{ accessionNumber: placed!.body.accessionNumber, itemName: expect.stringContaining('胸') }],
      });
    expect(await numbersOf('同时甲')).toHaveLength(2);
    expect((await send()).status).toBe(201);
    expect(await numbersOf('同时甲')).toHaveLength(3);
  });

  test('other items of the same patient do not hinder each other', async () => {
    const person = patient(122, '同时乙');
    const answers = await Promise.all(
      ['DR-CHEST', 'CT-HEAD'].map((code) =>
        doctor.post('/api/orders', request(person, { items: [{ code }] })),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual([201, 201]);
  });

  test('one earlier result is adopted once and its saving counted once', async () => {
    const person = patient(124, '同时丙');
    await signed(person);
    const { promptId } = (await doctor.post('/api/orders', request(person))).body.prompts[0];
    const adopt = () =>
      doctor.post(
        '/api/orders',
        request(person, { recognitionDecisions: [{ promptId, decision: 'adopt' }] }),
      );
    const answers = await atOnce('同时丙', [adopt, adopt, adopt]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body.type).toBe('recognition-decided-meanwhile');
    const prompts = await hub.ctx.db
      .selectFrom('recognitionPrompt')
      .select('saving')
      .where('patientId', 'in', (qb) => qb.selectFrom('patient').select('id').where('name', '=', '同时丙'))
      .execute();
    expect(prompts).toEqual([{ saving: 75 }]);
  });

  test('a request sent again with its key is answered, not placed twice', async () => {
    const person = patient(126, '同时丁');
    const key = { 'Idempotency-Key': 'a-lost-line' };
    const both = await Promise.all([1, 2].map(() => doctor.post('/api/orders', request(person), key)));
    const again = await doctor.post('/api/orders', request(person), key);
    expect(both.map((answer) => answer.status)).toEqual([201, 201]);
    expect(new Set([...both, again].map((answer) => answer.body.accessionNumber)).size).toBe(1);
    expect(await numbersOf('同时丁')).toHaveLength(1);
    expect((await doctor.post('/api/orders', request(person), { 'Idempotency-Key': 'ä' })).status).toBe(400);
    const nurse = await hub.as('nurse1');
    expect((await nurse.post('/api/orders', request(person), key)).body.type).toBe(
      'idempotency-key-of-another',
    );
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
