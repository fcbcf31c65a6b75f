import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let quality: Client, regulator: Client, doctor: Client;
let liuhe: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [quality, regulator, doctor] = (await Promise.all(['qa1', 'regulator1', 'doctor1'].map((name) => hub.as(name)))) as [Client, Client, Client];
  liuhe = (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', 'LIUHE').executeTakeFirstOrThrow()).id;
}); // prettier-ignore
afterAll(() => hub?.close());

const SPAN = 'from=2026-03-01&to=2026-03-31';
const sum = (indicator: string, day: string, numerator: number, denominator: number) =>
  hub.ctx.db
    .insertInto('indicatorDay')
    .values({ indicator, institutionId: liuhe, day, numerator, denominator })
    .execute();

describe('pages of quality', () => {
  const FIGURES = [
    `indicators?${SPAN}`,
    `overview?${SPAN}`,
    `indicators/img-on-time/sites?${SPAN}`,
    'indicators/img-on-time/trend?to=2026-03-31',
    'frozen?period=2026-02',
    `regulator?${SPAN}`,
  ];
  const CASES = [
    `indicators/img-on-time/cases?${SPAN}`,
    `turnaround?${SPAN}&center=imaging`,
    `turnaround/heat?${SPAN}&center=imaging`,
    `breaches?${SPAN}`,
    'forecast',
    `what-if?${SPAN}&policy=img-xray&targetMinutes=60`,
    'what-if/policies?center=imaging',
    'frozen/compare?period=2026-02',
    'reviews',
    `review-statistics?${SPAN}`,
  ];

  test.each(FIGURES)('%s is for quality and the health bureau, not for a doctor', async (path) => {
    const status = async (who: Client) => (await who.get(`/api/quality/${path}`)).status;
    expect([await status(quality), await status(regulator), await status(doctor)]).toEqual([200, 200, 403]);
  });

  test.each(CASES)('%s, where cases are named, is for quality alone', async (path) => {
    const status = async (who: Client) => (await who.get(`/api/quality/${path}`)).status;
    expect([await status(quality), await status(regulator), await status(doctor)]).toEqual([200, 403, 403]);
  });

  test.each([
    'indicators?from=2026-02-30&to=2026-03-01',
    'indicators?from=2026-03-01',
    'overview?from=yesterday&to=today',
    `indicators?${SPAN}&institutionId=LIUHE`,
    'indicators/img-on-time/trend?to=2026-03-31&months=61',
    `indicators/img-on-time/cases?${SPAN}&limit=201`,
    `indicators/img-on-time/cases?${SPAN}&cursor=bm8`,
    `turnaround?${SPAN}&center=dental`,
    `breaches?${SPAN}&limit=0`,
    `what-if?${SPAN}&policy=img-xray&targetMinutes=0`,
  ])('%s is not answered', async (path) => {
    expect((await quality.get(`/api/quality/${path}`)).status).toBe(400);
  });

  test.each([
    [`indicators/no-such/cases?${SPAN}`, 404],
    ['frozen/compare?period=2026-13', 422],
    ['frozen/compare?period=x', 422],
    ['reviews/00000000-0000-4000-8000-000000000000', 404],
  ])('%s is %i', async (path, status) => {
    expect((await quality.get(`/api/quality/${path}`)).status).toBe(status);
  });

  test('show an indicator of one site with its formula, and no volume among them', async () => {
    await sum('img-on-time', '2026-03-10', 8, 10);
    const { items } = (
      await quality.get(`/api/quality/indicators?from=2026-03-05&to=2026-03-20&institutionId=${liuhe}`)
    ).body as {
      items: Record<string, unknown>[];
    };
    expect(items.find(({ code }) => code === 'img-on-time')).toMatchObject({
      numerator: 8,
      denominator: 10,
      better: 'up',
      target: 0.95,
      mark: 'L',
    });
    expect(items.every(({ formula, formulaEn }) => Boolean(formula) && Boolean(formulaEn))).toBe(true);
    expect(items.map(({ code }) => code)).not.toContain('volume.imaging');
  });
});

describe('the cases behind a figure', () => {
  test('are read page after page by the cursor, each page on record', async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { body } = await doctor.post('/api/orders', {
        center: 'imaging',
        items: [{ code: 'DR-CHEST' }],
        patient: { name: '钱小满', sex: 'F', identifiers: [{ type: 'mrn', value: `QR${n}` }] },
        remoteConsent: { by: '本人', at: new Date().toISOString() },
      });
      made.push((body as { id: string }).id);
    }
    const at = new Date('2026-03-12T02:00:00.5Z');
    await hub.ctx.db.updateTable('orders').set({ createdAt: at }).where('id', 'in', made).execute();
    await sum('volume.imaging', '2026-03-12', 0, 5);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await quality.get(`/api/quality/indicators/volume.imaging/cases?${SPAN}&limit=2${cursor}`);
      seen.push(...(body.items as { orderId: string }[]).map(({ orderId }) => orderId));
      expect(body.items[0]).not.toHaveProperty('instant');
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor);
    expect([...seen].sort()).toEqual([...made].sort());
    const audits = await hub.ctx.db.selectFrom('auditEvent').select('detail').where('action', '=', 'quality.cases').where('subjectId', '=', 'volume.imaging').execute();
    expect(audits).toHaveLength(3);
  }); // prettier-ignore
});

describe('a period', () => {
  test('is frozen and read by its name, by quality alone', async () => {
    await sum('returned', '2026-02-10', 1, 20);
    expect((await regulator.post('/api/quality/freeze', { period: '2026-02' })).status).toBe(403);
    expect((await quality.post('/api/quality/freeze', { period: '2026-02' })).body).toEqual({ rows: 1 });
    expect((await regulator.get('/api/quality/frozen?period=2026-02')).body.items).toMatchObject([
      { code: 'returned', institutionName: '柳河镇卫生院', numerator: 1, denominator: 20 },
    ]);
    expect((await quality.get('/api/quality/frozen?period=2026-01')).body.items).toEqual([]);
  });

  test('is computed anew on request, its days marked', async () => {
    const days = { from: '2026-04-01', to: '2026-04-03' };
    expect((await doctor.post('/api/quality/recompute', days)).status).toBe(403);
    expect((await quality.post('/api/quality/recompute', days)).status).toBe(200);
    const marked = await hub.ctx.db.selectFrom('indicatorDirtyDay').select('day').where('day', '>=', '2026-04-01').where('day', '<', '2026-05-01').orderBy('day').execute();
    expect(marked.map(({ day }) => day)).toEqual(['2026-04-01', '2026-04-02', '2026-04-03']);
  }); // prettier-ignore
});

test.each([
  ['a draw of nothing', 'reviews', { center: 'imaging', count: 0, from: '2026-03-01', to: '2026-03-31' }],
  ['a draw of more than 500', 'reviews', { center: 'imaging', count: 501, from: '2026-03-01', to: '2026-03-31' }],
  ['three blind readings', 'reviews', { center: 'imaging', count: 1, from: '2026-03-01', to: '2026-03-31', readings: 3 }],
])('%s is refused', async (_what, path, body) => {
  expect((await quality.post(`/api/quality/${path}`, body)).status).toBe(422);
}); // prettier-ignore
