import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findEvidence } from '../../../../server/core/notifiable/matchRules.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

const rule = (more: Partial<Parameters<typeof findEvidence>[0]>) => ({
  code: 'x',
  words: [],
  testCodes: [],
  testValues: [],
  ...more,
});

describe('a rule', () => {
  const tb = rule({ words: ['肺结核'] });
  test.each([
    ['双肺上叶继发性肺结核,请结合痰检。', '双肺上叶继发性肺结核'],
    ['右肺结节；考虑肺结核', '考虑肺结核'],
    ['未见肺结核征象。', undefined],
    ['陈旧性肺结核，左肺下叶肺炎', undefined],
    ['肺炎，肺结核待排除', '肺结核待排除'],
    ['已排除肺结核', undefined],
    ['肺癌', undefined],
  ])('reads the clause of a conclusion: %s', (impression, evidence) =>
    expect(findEvidence(tb, { impression })).toBe(evidence),
  );

  const hiv = rule({ testCodes: ['HIVAB'], testValues: ['待确证', '反应性'] });
  test.each([
    ['HIVAB', '待复检/待确证', 'HIV 待复检/待确证'],
    ['HIVAB', '非反应性', undefined],
    ['HIVAB', '阴性', undefined],
    ['TPAB', '待确证', undefined],
  ])('reads the line of a result: %s %s', (code, value, evidence) =>
    expect(findEvidence(hiv, { results: [{ code, name: 'HIV', value }] })).toBe(evidence),
  );
});

describe('a card', () => {
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
  async function signed(impression: string): Promise<string> {
    const made = await doctor.post('/api/orders', {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: {
        name: '钱二',
        sex: 'M',
        birthDate: '1980-03-07',
        identifiers: [{ type: 'id-card', value: completeIdCard(`32062119800307${(serial += 2)}`) }],
      },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    });
    const id = made.body.id as string;
    await reader.post(`/api/orders/${id}/accept`);
    await reader.post(`/api/orders/${id}/claim`);
    const content = { findings: '右肺上叶斑片影', impression, positive: true, critical: false };
    await reader.put(`/api/orders/${id}/report`, content, { 'If-Match': '"0"' });
    await reader.post(`/api/orders/${id}/report/submit`);
    const answer = await verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return id;
  }
  const cards = async (who: Client, state = 'draft') =>
    (await who.get(`/api/notifiable?state=${state}`)).body.items as {
      id: string;
      orderId: string;
      disease: string;
      dueAt: string;
      foundAt: string;
      state: string;
      late: boolean;
    }[];

  test('is drafted at the signature with its due time, for the site that treats the patient', async () => {
    const id = await signed('右肺上叶继发性肺结核。');
    const [card] = (await cards(doctor)).filter((each) => each.orderId === id);
    expect(card).toMatchObject({
      disease: '肺结核',
      state: 'draft',
      late: false,
      evidence: '右肺上叶继发性肺结核',
    });
    expect(Date.parse(card!.dueAt) - Date.parse(card!.foundAt)).toBe(24 * 3_600_000);
    expect(
      await signed('未见明显异常。').then((other) =>
        cards(doctor).then((all) => all.some((c) => c.orderId === other)),
      ),
    ).toBe(false);
  });

  test('is answered once, by the site; the reader and another site cannot', async () => {
    const id = await signed('左肺粟粒性结核。');
    const [card] = (await cards(doctor)).filter((each) => each.orderId === id);
    const answer = { kind: 'reported', cardNumber: '320621-2026-0001' };
    expect((await reader.post(`/api/notifiable/${card!.id}/answer`, answer)).status).toBe(403);
    expect((await doctor.post(`/api/notifiable/${card!.id}/answer`, { kind: 'reported' })).status).toBe(422);
    expect((await doctor.post(`/api/notifiable/${card!.id}/answer`, answer)).status).toBe(200);
    expect((await doctor.post(`/api/notifiable/${card!.id}/answer`, answer)).status).toBe(409);
    expect((await cards(await hub.as('qa1'), 'reported')).map((each) => each.id)).toContain(card!.id);
  });

  test('is withdrawn when a correction takes its ground away', async () => {
    const id = await signed('右肺上叶肺结核。');
    const corrected = await verifier.post(`/api/orders/${id}/report/correct`, {
      findings: '右肺上叶斑片影',
      impression: '右肺上叶肺炎。',
      reason: '复核',
      pin: '246810',
    });
    expect(corrected.status, JSON.stringify(corrected.body)).toBe(200);
    expect((await cards(doctor)).some((each) => each.orderId === id)).toBe(false);
    expect((await cards(doctor, 'all')).find((each) => each.orderId === id)).toMatchObject({
      state: 'withdrawn',
    });
  });

  test('pages by its cursor, and a made-up cursor is refused', async () => {
    const first = await doctor.get('/api/notifiable?state=all&limit=1');
    expect(first.body.items).toHaveLength(1);
    const next = await doctor.get(
      `/api/notifiable?state=all&limit=1&cursor=${encodeURIComponent(first.body.nextCursor)}`,
    );
    expect(next.body.items[0].id).not.toBe(first.body.items[0].id);
    expect((await doctor.get('/api/notifiable?cursor=x')).status).toBe(400);
  });

  test('that nobody reported in time is listed as late, for quality staff too', async () => {
    const id = await signed('右肺结核。肺结核');
    hub.clock.advance(25 * 60);
    const late = await cards(await hub.as('qa1'), 'late');
    expect(late.find((each) => each.orderId === id)).toMatchObject({ late: true, state: 'draft' });
  });

  test('follows its rule: the person in charge changes it version by version, others only read or not at all', async () => {
    [doctor, reader, verifier] = await Promise.all([hub.as('doctor1'), hub.as('radiologist1'), hub.as('radiologist2')]); // prettier-ignore
    const head = await hub.as('head1');
    const qa = await hub.as('qa1');
    const rules = (await qa.get('/api/notifiable-rules')).body.items as { code: string; version: number; words: string[] }[]; // prettier-ignore
    const tb = rules.find((rule) => rule.code === 'pulmonary-tb')!;
    const next = {
      disease: '肺结核',
      diseaseEn: 'Pulmonary tuberculosis',
      class: 'B',
      dueHours: 12,
      words: [...tb.words, '空洞型肺TB'],
      testCodes: [],
      testValues: [],
      active: true,
      reason: '县疾控 2026 年通知',
    };
    expect((await doctor.put('/api/notifiable-rules/pulmonary-tb', { ...next, version: tb.version })).status).toBe(403); // prettier-ignore
    expect((await qa.put('/api/notifiable-rules/pulmonary-tb', { ...next, words: [], version: tb.version })).status).toBe(422); // prettier-ignore
    expect((await qa.post('/api/notifiable-rules-try', { words: ['空洞型肺TB', '肺结核'], testCodes: [], testValues: [], days: 30 })).body.found).toBeGreaterThan(0); // prettier-ignore
    const saved = await head.put('/api/notifiable-rules/pulmonary-tb', { ...next, version: tb.version });
    expect(saved.body, JSON.stringify(saved.body)).toEqual({
      code: 'pulmonary-tb',
      version: tb.version + 1,
    });
    expect((await qa.put('/api/notifiable-rules/pulmonary-tb', { ...next, version: tb.version })).status).toBe(412); // prettier-ignore
    const id = await signed('右肺空洞型肺TB。');
    const [card] = (await cards(doctor)).filter((each) => each.orderId === id);
    expect(Date.parse(card!.dueAt) - Date.parse(card!.foundAt)).toBe(12 * 3_600_000);
    const versions = (await qa.get('/api/notifiable-rules/pulmonary-tb/versions')).body.items;
    expect(versions.map((each: { version: number; cards: number }) => [each.version, each.cards > 0])).toEqual([[2, true], [1, true]]); // prettier-ignore
    expect((await qa.post('/api/notifiable-rules/pulmonary-tb', next)).status).toBe(409);
    expect((await qa.post('/api/notifiable-rules/brucellosis', { ...next, disease: '布鲁氏菌病', words: ['布鲁氏菌病'] })).status).toBe(200); // prettier-ignore
    await expect(hub.ctx.db.updateTable('notifiableRuleVersion').set({ reason: 'x' }).execute()).rejects.toThrow(); // prettier-ignore
  });

  test('is summed by site and disease, and every number is the length of its list', async () => {
    const qa = await hub.as('qa1');
    const day = (offset: number) =>
      new Date(hub.clock.now().getTime() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);
    const span = `from=${day(-10)}&to=${day(0)}`;
    const { items } = (await qa.get(`/api/notifiable-summary?${span}`)).body;
    const row = items.find((each: { ruleCode: string }) => each.ruleCode === 'pulmonary-tb');
    expect(row.overdue).toBeGreaterThan(0);
    const list = async (state: string) =>
      (await qa.get(`/api/notifiable?state=${state}&${span}&institutionId=${row.institutionId}&rule=pulmonary-tb&limit=200`)).body.items.length; // prettier-ignore
    expect(await list('all')).toBe(row.cards);
    expect(await list('overdue')).toBe(row.overdue);
    expect(await list('withdrawn')).toBe(row.withdrawn);
    expect(await list('late')).toBe(row.overdue + row.late);
    expect((await doctor.get(`/api/notifiable-summary?${span}`)).status).toBe(403);
  });
});
