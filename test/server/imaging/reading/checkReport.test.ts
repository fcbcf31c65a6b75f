import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { checkImagingReport } from '../../../../server/imaging/checkImagingReport.ts';
import { checkSides } from '../../../../server/imaging/checkSides.ts';
import { keepViewingLimits } from '../../../../server/imaging/keepViewingLimits.ts';
import { printReport } from '../../../../server/imaging/print/printReport.ts';
import { startReadCase, type ReadCase } from '../readCase.ts';

let hub: ReadCase['hub'];
let people: ReadCase['people'];
let orderId: ReadCase['orderId'];

beforeAll(async () => {
  ({ hub, people, orderId } = await startReadCase());
});
afterAll(() => hub.close());

test.each([
  ['empty-impression', 'CT-HEAD', '未见异常', ''],
  ['template-text', 'CT-HEAD', '右肺上叶结节,直径 ___ mm', '右肺结节'],
  ['sex-organ', 'CT-HEAD', '子宫增大', '子宫肌瘤'],
  ['sex-organ', 'CT-HEAD', '未见子宫。右侧卵巢囊肿', '右侧卵巢囊肿'],
  ['sex-organ', 'CT-HEAD', '膀胱未见异常，子宫大小正常', '膀胱未见异常'],
  ['template-text', 'CT-HEAD', '右肺结节，直径约（  ）mm', '右肺结节'],
  ['template-text', 'CT-HEAD', '左／右肺结节', '肺结节'],
  ['laterality-organ', 'CT-HEAD', '左肺上叶见结节。右侧第 5 肋骨骨折', '右肺上叶结节；左侧第 5 肋骨骨折'],
  ['laterality', 'CT-HEAD', '右肺下叶见斑片影', '左肺炎症'],
  ['laterality', 'CT-HEAD', '左侧股骨骨折线清晰', '右侧股骨骨折'],
  ['laterality', 'CT-HEAD', '右膝骨折,双膝退行性变', '左膝骨折。双膝退行性变'],
])('a report with %s is found out', async (code, _item, findings, impression) => {
  const order = await hub.ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
  expect(
    (await checkImagingReport(hub.ctx.db, order, { findings, impression })).map((problem) => problem.code),
  ).toEqual([code]);
});
test('a refused report says what is left over, for the words of each language', async () => {
  await people.radiologist1.post(`/api/orders/${orderId}/claim`, {});
  const { headers } = await people.radiologist1.get(`/api/orders/${orderId}/report`);
  await people.radiologist1.put(
    `/api/orders/${orderId}/report`,
    { findings: '结节 ____ mm', impression: '结节。' },
    { 'if-match': headers.get('etag') ?? '' },
  );
  const refused = await people.radiologist1.post(`/api/orders/${orderId}/report/submit`, {});
  expect(refused.status).toBe(422);
  expect(refused.body.errors).toMatchObject([{ code: 'template-text', params: { words: '____' } }]);
});
test('a sound report has no problems', async () => {
  const order = await hub.ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
  expect(
    await checkImagingReport(hub.ctx.db, order, {
      findings: '右肺下叶见斑片影,边缘清晰。左肺清晰。双侧胸腔未见积液。',
      impression: '右肺下叶炎症。',
    }),
  ).toEqual([]);
});
test('a reader who could not see everything is named to the signer and on the page', async () => {
  const order = await hub.ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
  const content = {
    findings: '右肺下叶见斑片影。',
    impression: '右肺下叶炎症。',
    viewingLimits: [
      { byId: 'x', by: '郑医师', at: '2026-11-22T02:00:00Z', quality: 'failed', reason: 'damaged', note: '序列 3' },
    ],
  }; // prettier-ignore
  const said = '影像未全部以诊断级显示。郑医师:影像文件不能解码(序列 3)';
  expect(await checkImagingReport(hub.ctx.db, order, content)).toMatchObject([
    { severity: 'ask', code: 'viewing-limits', message: said },
  ]);
  expect(await printReport(hub.ctx, order, content)).toContainEqual({
    type: 'text',
    label: '阅片说明',
    text: said,
  });
  const forged = { ...content, viewingLimits: [{ by: 7, reason: 'whatever' }, 'x'] };
  expect(await checkImagingReport(hub.ctx.db, order, forged)).toEqual([]);
});

test('what a reader states about what he could not see is his own, with the time of the hub', () => {
  const actor = { ...SYSTEM, id: 'me', name: '陈思远' };
  const now = new Date('2026-11-30T08:00:00Z');
  const other = {
    byId: 'other',
    by: '王医生',
    at: '2026-11-01T00:00:00Z',
    quality: 'failed',
    reason: 'line',
    note: '',
  };
  const forged = {
    byId: 'other',
    by: '王医生',
    at: '2020-01-01',
    quality: 'failed',
    reason: 'damaged',
    note: '',
  };
  const mine = {
    byId: 'me',
    by: 'somebody',
    at: '1999-01-01',
    quality: 'preview',
    reason: 'other',
    note: 'x',
  };
  const saved = keepViewingLimits({ viewingLimits: [other] }, { viewingLimits: [forged, mine] }, actor, now);
  expect(saved.viewingLimits).toEqual([other, { ...mine, by: '陈思远', at: now.toISOString() }]);
  const again = keepViewingLimits(saved, { viewingLimits: [{ ...mine }] }, actor, new Date());
  expect(again.viewingLimits).toEqual(saved.viewingLimits);
  expect(keepViewingLimits({}, { findings: 'x' }, actor, now)).toEqual({ findings: 'x' });
});

test('the side of the images counts where the order names none', () => {
  const codes = (lateralities: string[], descriptions: string[], impression: string) =>
    checkSides({ itemName: '手部 DR 正斜位', lateralities, descriptions }, '', impression).map(
      ({ code }) => code,
    );
  expect(codes(['L'], [], '右手第三掌骨骨折。')).toEqual(['laterality-images']);
  expect(codes(['L'], ['右手正位'], '左手第三掌骨骨折。')).toEqual([]);
  expect(codes([], ['左手正位'], '右手第三掌骨骨折。')).toEqual(['laterality-images']);
  expect(codes(['L', 'R'], [], '右手第三掌骨骨折。')).toEqual([]);
  expect(codes(['U', 'B'], ['双手正位'], '右手第三掌骨骨折。')).toEqual([]);
});
test('organs of both sides, each on its own, are no contradiction', () => {
  const none = { itemName: '胸部 CT 平扫', lateralities: [], descriptions: [] };
  const findings = '左肺上叶见结节，右肺未见异常。右侧第 5 肋骨骨折。双侧胸腔少量积液。';
  expect(checkSides(none, findings, '左肺上叶结节；右侧第 5 肋骨骨折；双侧胸腔积液。')).toEqual([]);
});
