import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReadCase, type ReadCase } from '../readCase.ts';

let hub: ReadCase['hub'];
let people: ReadCase['people'];
let orderId: ReadCase['orderId'];

beforeAll(async () => {
  ({ hub, people, orderId } = await startReadCase());
});
afterAll(() => hub.close());

test('is signed only where the centre allows it', async () => {
  const { radiologist1, radiologist2, admin1 } = people;
  const path = `/api/orders/${orderId}`;
  await radiologist1.post(`${path}/claim`, {});
  const { headers } = await radiologist1.get(`${path}/report`);
  const saved = await radiologist1.put(
    `${path}/report`,
    { findings: '脑实质密度均匀。', impression: '头颅 CT 平扫未见异常。' },
    { 'if-match': headers.get('etag') ?? '' },
  );
  expect(saved.status).toBe(200);
  expect(saved.body.phoneSigning ?? false).toBe(false);
  expect((await radiologist1.post(`${path}/report/submit`, {})).status).toBe(200);
  const shown = { quality: 'diagnostic', series: [{ uid: '1.2.3', images: 9, full: 7 }] };
  const sign = () => radiologist2.post(`${path}/report/sign`, { pin: '246810', from: 'phone', shown });
  const refused = await sign();
  expect(refused.status).toBe(403);
  expect(refused.body.type).toContain('phone-signing-off');
  const centers = (await admin1.get('/api/centers')).body.items as {
    id: string;
    kind: string;
    phoneSigning: boolean;
  }[];
  expect(centers.filter((each) => each.phoneSigning).map((each) => each.kind)).toEqual(['ecg']);
  for (const center of centers.filter((each) => each.kind === 'imaging'))
    expect((await admin1.put(`/api/centers/${center.id}`, { phoneSigning: true })).status).toBe(200);
  expect((await sign()).status).toBe(200);
  const { items } = (await radiologist2.get(`${path}/timeline`)).body;
  expect(items.find((each: { kind: string }) => each.kind === 'final')).toMatchObject({
    detail: { from: 'phone' },
  });
  const { detail } = await hub.ctx.db
    .selectFrom('auditEvent')
    .select('detail')
    .where('action', '=', 'report.signature')
    .where('subjectId', '=', orderId)
    .executeTakeFirstOrThrow();
  expect(detail).toMatchObject({
    kind: 'final',
    pdfSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    session: expect.any(String),
    asToldByBrowser: { phone: true, shown },
  });
});

test('a browser that names itself a phone is one, whatever its page says', async () => {
  const { radiologist2, admin1 } = people;
  const center = (await admin1.get('/api/centers')).body.items.find(
    (each: { kind: string; phoneSigning: boolean }) => each.kind === 'imaging' && each.phoneSigning,
  );
  expect((await admin1.put(`/api/centers/${center?.id}`, { phoneSigning: false })).status).toBe(200);
  const phone = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148' };
  const path = `/api/orders/${orderId}/report/addendum`;
  const addendum = { pin: '246810', reason: '补充', text: '补充说明。' };
  const refused = await radiologist2.post(path, addendum, phone);
  expect([refused.status, refused.body.type]).toEqual([403, expect.stringContaining('phone-signing-off')]);
  expect((await radiologist2.post(path, addendum)).status).toBe(200);
});
