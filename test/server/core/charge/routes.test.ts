import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client, quality: Client;
const CARD = completeIdCard('32062119800202311');
let order: { id: string; accessionNumber: string }, another: typeof order;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, quality] = (await Promise.all(['doctor1', 'qa1'].map((name) => hub.as(name)))) as [Client, Client];
  const place = async (name: string, identifier: object) =>
    (
      await doctor.post('/api/orders', {
        center: 'imaging',
        items: [{ code: 'DR-CHEST' }],
        patient: { name, sex: 'M', birthDate: '1980-02-02', identifiers: [identifier] },
        remoteConsent: { by: '本人', at: new Date().toISOString() },
      })
    ).body as typeof order;
  order = await place('钱小满', { type: 'id-card', value: CARD });
  another = await place('孙大雪', { type: 'mrn', value: 'CH1' });
}); // prettier-ignore
afterAll(() => hub?.close());

const charged = (body: object = {}) => ({
  idCard: CARD,
  itemCode: 'DR-CHEST',
  amount: 75,
  at: '2026-11-22T08:00:00+08:00',
  reference: 'F1',
  ...body,
});
const rows = () => hub.ctx.db.selectFrom('hisCharge').selectAll().orderBy('reference').execute();

describe('a charge that the HIS made', () => {
  test('is kept for the patient of the card, with the order where its number is his', async () => {
    expect((await doctor.post('/api/charges', charged({ reference: 'A1' }))).status).toBe(201);
    const small = charged({ reference: 'A2', idCard: CARD.toLowerCase(), accessionNumber: order.accessionNumber });
    expect((await doctor.post('/api/charges', small)).status).toBe(201);
    await doctor.post('/api/charges', charged({ reference: 'A3', accessionNumber: another.accessionNumber }));
    expect((await rows()).map(({ reference, orderId, amount, chargedAt }) => [reference, orderId, amount, chargedAt])).toEqual([
      ['A1', null, 75, new Date('2026-11-22T00:00:00Z')],
      ['A2', order.id, 75, new Date('2026-11-22T00:00:00Z')],
      ['A3', null, 75, new Date('2026-11-22T00:00:00Z')],
    ]);
  }); // prettier-ignore

  test('sent twice stands once, and of two at once one', async () => {
    const before = (await rows()).length;
    const answers = await Promise.all([1, 2, 3].map(() => doctor.post('/api/charges', charged({ reference: 'B1' }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await rows()).length).toBe(before + 1);
  }); // prettier-ignore

  test.each([
    [{ idCard: completeIdCard('32062119800202999') }, 404],
    [{ idCard: '123' }, 422],
    [{ itemCode: 'NO-SUCH' }, 422],
    [{ amount: -1 }, 422],
    [{ amount: 1_000_001 }, 422],
    [{ at: 'yesterday' }, 422],
    [{ at: '2026-11-22T08:00:00' }, 422],
    [{ reference: '' }, 422],
  ])('is not kept with %j: %i, and nothing of it is on record', async (body, status) => {
    const before = (await rows()).length;
    const audited = () =>
      hub.ctx.db.selectFrom('auditEvent').select('seq').where('action', '=', 'charge.receive').execute();
    const audits = (await audited()).length;
    expect((await doctor.post('/api/charges', charged({ reference: 'C1', ...body }))).status).toBe(status);
    expect([(await rows()).length, (await audited()).length]).toEqual([before, audits]);
  });

  test('is told by who may order', async () => {
    for (const name of ['tech1', 'radiologist1', 'qa1', 'regulator1'])
      expect((await (await hub.as(name)).post('/api/charges', charged({ reference: 'D1' }))).status, name).toBe(403);
  }); // prettier-ignore
});

describe('the settlement page', () => {
  test.each(['2026-13', '2026-00', '2026-1', '202611', '2026-Q1'])('knows no month "%s"', async (period) => {
    expect((await quality.get(`/api/settlement?period=${period}`)).status).toBe(400);
    expect((await quality.post('/api/settlement/close', { period })).status).toBe(422);
  });

  test('says of a month whether it has ended and was closed, with the shares', async () => {
    const now = await quality.get('/api/settlement?period=2099-01');
    expect(now.body).toMatchObject({
      closed: false,
      closedAt: null,
      ended: false,
      items: [],
      shares: { imaging: 0.4 },
    });
    expect((await quality.get('/api/settlement?period=2020-01')).body).toMatchObject({
      ended: true,
      closed: false,
    });
    expect((await doctor.get('/api/settlement?period=2020-01')).status).toBe(403);
  });

  test('changes the shares by quality, within nothing and all, each centre named', async () => {
    const shares = { imaging: 0.5, ecg: 0.5, lab: 0.5, pathology: 0.5, sterilization: 1 };
    expect((await quality.put('/api/settlement/shares', { ...shares, ecg: 1.1 })).status).toBe(422);
    const { ecg: _, ...four } = shares;
    expect((await quality.put('/api/settlement/shares', four)).status).toBe(422);
    expect((await doctor.put('/api/settlement/shares', shares)).status).toBe(403);
    expect((await quality.put('/api/settlement/shares', shares)).body).toEqual(shares);
    expect((await quality.get('/api/settlement?period=2020-01')).body.shares).toEqual(shares);
    const audit = await hub.ctx.db.selectFrom('auditEvent').select(['actorName', 'detail']).where('action', '=', 'settlement.shares').execute();
    expect(audit).toEqual([{ actorName: '潘慧', detail: shares }]);
  }); // prettier-ignore
});
