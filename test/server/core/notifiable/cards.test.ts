import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { answerCard, type CardAnswer } from '../../../../server/core/notifiable/answerCard.ts';
import { readSummary } from '../../../../server/core/notifiable/readSummary.ts';
import { ruleBody, saveRule } from '../../../../server/core/notifiable/saveRule.ts';
import { amendReport } from '../../../../server/core/report/amendReport.ts';
import { reopenVoided, splitInput } from '../../../../server/core/report/splitInput.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { as, auditOf, county, ctx, doctor, institution, openReaders, refused, second } from '../county.ts';
import { PIN, readAndSign, signedCase } from '../signedCase.ts';

openReaders();

let quality: Actor;
beforeAll(async () => {
  quality = await as('qa1');
});

const TB = '右肺上叶继发性肺结核';
const sick = (impression = `${TB}。`) => signedCase({}, { impression, positive: true });
const cards = (orderId: string) =>
  ctx.db.selectFrom('notifiableCard').selectAll().where('orderId', '=', orderId).execute();
const cardOf = async (orderId: string) => {
  const [card] = await cards(orderId);
  if (!card) throw new Error('there is no card');
  return card;
};
const reported: CardAnswer = { kind: 'reported', cardNumber: '320621-2026-0001' };
const dismissed: CardAnswer = { kind: 'dismissed', reason: '陈旧病灶' };
const answer = (id: string, how: CardAnswer = reported, actor: Actor = doctor) =>
  answerCard(ctx, actor, id, how);
const correct = (orderId: string, impression: string) =>
  amendReport(ctx, second, orderId, {
    kind: 'correction',
    reason: '复核',
    content: { findings: '右肺上叶斑片影', impression, positive: true, critical: false },
    pin: PIN,
  });
const told = (orderId: string) =>
  ctx.db
    .selectFrom('notification')
    .select(['institutionId', 'staffId', 'body'])
    .where('orderId', '=', orderId)
    .where('kind', '=', 'notifiable.draft')
    .execute();

describe('a card', () => {
  let waiting: Order | undefined;
  test('is drafted for the site that asked, with version and ground, and its site is told without a name', async () => {
    const order = await sick();
    const card = await cardOf(order.id);
    expect(card).toMatchObject({
      ruleCode: 'pulmonary-tb',
      ruleVersion: 1,
      patientId: order.patientId,
      institutionId: order.requestingInstitutionId,
      evidence: TB,
      state: 'draft',
      answeredAt: null,
    });
    expect(await told(order.id)).toEqual([
      { institutionId: order.requestingInstitutionId, staffId: null, body: { cardId: card.id } },
    ]);
    const heard = await ctx.db
      .selectFrom('streamEvent')
      .select(['institutionIds', 'data'])
      .where('kind', '=', 'notifiable.draft')
      .where('orderId', '=', order.id)
      .executeTakeFirstOrThrow();
    expect(heard).toEqual({ institutionIds: [order.requestingInstitutionId], data: { cardId: card.id } });
  });

  test('is drafted once for each disease of one report', async () => {
    const order = await sick('右肺肺结核。双肺肺结核。左肺考虑布鲁氏菌病');
    expect((await cards(order.id)).map(({ ruleCode }) => ruleCode)).toEqual(['pulmonary-tb']);
  });

  test('is answered with its number or a reason, in the name of who answered, on record with the patient', async () => {
    const [one, two] = [await sick(), await sick()];
    const [first, other] = [await cardOf(one.id), await cardOf(two.id)];
    await answer(first.id);
    await answer(other.id, dismissed);
    expect(await cardOf(one.id)).toMatchObject({
      state: 'reported',
      cardNumber: '320621-2026-0001',
      answeredBy: doctor.id,
      reason: null,
    });
    expect(await cardOf(two.id)).toMatchObject({ state: 'dismissed', reason: '陈旧病灶', cardNumber: null });
    expect([...(await auditOf(first.id)), ...(await auditOf(other.id))]).toMatchObject([
      { action: 'notifiable.reported', patientId: one.patientId, detail: { orderId: one.id } },
      { action: 'notifiable.dismissed', patientId: two.patientId, detail: { orderId: two.id } },
    ]);
  });

  test('is answered by one of two at the same moment', async () => {
    const { id } = await cardOf((await sick()).id);
    const both = await Promise.allSettled([answer(id), answer(id, dismissed)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await auditOf(id)).toHaveLength(1);
    expect(await refused(answer(id))).toBe('409 card-decided');
  });

  test.each([
    ['a doctor of another site', () => as('doctor2'), '404 not-found'],
    ['the nurse of the site', () => as('nurse1'), '403 forbidden'],
    ['the reader', () => as('radiologist1'), '403 forbidden'],
    ['quality staff', () => as('qa1'), '403 forbidden'],
    ['a clinician where the film is read', () => as('clinician1'), '404 not-found'],
    ['a machine of the site', async () => machineActor('HIS', 'm', await institution('LIUHE'), ['report.acknowledge']), '403 forbidden'],
  ])('is not answered by %s', async (_who, actor, refusal) => {
    waiting ??= await sick();
    const { id } = await cardOf(waiting.id);
    expect(await refused(answer(id, reported, await actor()))).toBe(refusal);
    expect(await cardOf(waiting.id)).toMatchObject({ state: 'draft', answeredBy: null });
    expect(await auditOf(id)).toEqual([]);
  }); // prettier-ignore
});

describe('a later version of the report', () => {
  test('that no longer says the disease withdraws the draft; one that says it again drafts it again', async () => {
    const order = await sick();
    const { id } = await cardOf(order.id);
    await correct(order.id, '右肺上叶肺炎。');
    expect(await cardOf(order.id)).toMatchObject({ state: 'withdrawn', reason: 'correction' });
    expect(await refused(answer(id))).toBe('409 card-decided');
    county.clock.advance(60);
    await correct(order.id, '右肺上叶肺结核,复核确认。');
    const again = await cardOf(order.id);
    expect(again).toMatchObject({
      id,
      state: 'draft',
      evidence: '右肺上叶肺结核',
      answeredAt: null,
      reason: null,
    });
    expect(again.dueAt.getTime(), 'its time begins anew').toBeGreaterThan(
      ctx.clock.now().getTime() + 23 * 3_600_000,
    );
    expect(await told(order.id)).toHaveLength(2);
    await answer(id);
  });

  test('voided withdraws it; the report written anew drafts it anew', async () => {
    const order = await sick();
    await splitInput(
      ctx,
      second,
      order.id,
      { reason: '他人影像', pin: PIN },
      {
        action: 'order.split',
        requireJoined: () => Promise.resolve(),
        split: (trx, row) => reopenVoided(ctx, trx, second, row, { reason: '他人影像', detail: {} }),
      },
    );
    expect(await cardOf(order.id)).toMatchObject({ state: 'withdrawn', reason: 'void' });
    await readAndSign(order.id, { impression: '左肺肺结核', positive: true });
    expect(await cardOf(order.id)).toMatchObject({
      state: 'draft',
      evidence: '左肺肺结核',
      answeredAt: null,
    });
  });

  test('with other words for the same leaves the draft and its time as they are', async () => {
    const order = await sick();
    const before = await cardOf(order.id);
    await correct(order.id, '右肺上叶肺结核,建议痰检。');
    expect(await cardOf(order.id)).toEqual(before);
    expect(await told(order.id)).toHaveLength(1);
  });

  test('does not undo what was reported or dismissed', async () => {
    const [one, two] = [await sick(), await sick()];
    await answer((await cardOf(one.id)).id);
    await answer((await cardOf(two.id)).id, dismissed);
    for (const { id } of [one, two]) {
      await correct(id, '右肺上叶肺炎。');
      await correct(id, '右肺上叶肺结核。');
    }
    expect([await cardOf(one.id), await cardOf(two.id)]).toMatchObject([
      { state: 'reported' },
      { state: 'dismissed' },
    ]);
  });
});

describe('a rule', () => {
  const rule = (more: object = {}) =>
    ruleBody.parse({
      disease: '布鲁氏菌病',
      diseaseEn: 'Brucellosis',
      class: 'B',
      dueHours: 24,
      words: ['布鲁氏菌病'],
      reason: '县疾控通知',
      ...more,
    });
  const stored = (code: string) =>
    ctx.db.selectFrom('notifiableRule').selectAll().where('code', '=', code).executeTakeFirst();
  const versions = (code: string) =>
    ctx.db.selectFrom('notifiableRuleVersion').select(['version', 'reason', 'madeBy']).where('code', '=', code).orderBy('version').execute(); // prettier-ignore

  test('is made once, changed from the version that was on the screen, and every version stays', async () => {
    await saveRule(ctx, quality, 'brucellosis', rule(), undefined);
    expect(await refused(saveRule(ctx, quality, 'brucellosis', rule(), undefined))).toBe('409 rule-exists');
    expect(await refused(saveRule(ctx, quality, 'anthrax', rule(), 1))).toBe('404 not-found');
    const changes = await Promise.allSettled(
      ['甲', '乙'].map((reason) => saveRule(ctx, quality, 'brucellosis', rule({ reason }), 1)),
    );
    expect(changes.map(({ status }) => status).sort(), 'one of two at once').toEqual([
      'fulfilled',
      'rejected',
    ]);
    expect(await stored('brucellosis')).toMatchObject({ version: 2, updatedBy: quality.id });
    expect(await versions('brucellosis')).toMatchObject([
      { version: 1, reason: '县疾控通知', madeBy: quality.id },
      { version: 2, reason: expect.stringMatching(/[甲乙]/) },
    ]);
    expect((await auditOf('brucellosis')).map(({ action }) => action)).toEqual([
      'notifiable.rule',
      'notifiable.rule',
    ]);
  });

  test('made by two at once stands once', async () => {
    const both = await Promise.allSettled(
      [1, 2].map(() => saveRule(ctx, quality, 'rabies', rule(), undefined)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await versions('rabies')).toHaveLength(1);
  });

  test('that is switched off finds nothing, and switched on again finds', async () => {
    const film = () => sick('右肺布鲁氏菌病');
    const found = async () => (await cards((await film()).id)).map(({ ruleCode }) => ruleCode);
    expect(await found()).toContain('brucellosis');
    await saveRule(ctx, quality, 'brucellosis', rule({ active: false }), 2);
    expect(await found()).not.toContain('brucellosis');
    await saveRule(ctx, quality, 'brucellosis', rule({ dueHours: 2 }), 3);
    const order = await film();
    const card = (await cards(order.id)).find(({ ruleCode }) => ruleCode === 'brucellosis');
    expect(card).toMatchObject({ ruleVersion: 4 });
    expect((card?.dueAt.getTime() ?? 0) - (card?.foundAt.getTime() ?? 0)).toBe(2 * 3_600_000);
  });

  test.each([
    ['neither words nor tests', { words: [] }, 'words'],
    ['tests without results', { words: [], testCodes: ['HIVAB'] }, 'words'],
    ['results without tests', { words: [], testValues: ['阳性'] }, 'words'],
    ['no time to report', { dueHours: 0 }, 'dueHours'],
    ['more than a week', { dueHours: 169 }, 'dueHours'],
    ['a class that the law has not', { class: 'D' }, 'class'],
    ['an empty word', { words: [' '] }, 'words.0'],
    ['a test code with a blank', { testCodes: ['A B'] }, 'testCodes.0'],
    ['no reason', { reason: ' ' }, 'reason'],
  ])('is not saved with %s', (_what, more, path) => {
    const base = { disease: 'D', diseaseEn: 'D', class: 'A', dueHours: 2, words: ['x'], reason: 'r' };
    const faults = ruleBody.safeParse({ ...base, ...more }).error?.issues ?? [];
    expect(faults.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  test('takes codes of tests in capitals, however they are typed', () => {
    expect(rule({ words: [], testCodes: [' hivab '], testValues: ['阳性'] }).testCodes).toEqual(['HIVAB']);
  });
});

test('the figures of a span tell in time, late, overdue, open and dismissed apart, by the day of the county', async () => {
  const today = () => localDate(ctx.clock.now());
  county.clock.advance(3 * 24 * 60);
  const span = { from: today(), to: today() };
  const [inTime, late, gone, waits] = [await sick(), await sick(), await sick(), await sick()];
  await answer((await cardOf(inTime.id)).id);
  await answer((await cardOf(gone.id)).id, dismissed);
  const rows = async () =>
    (await readSummary(ctx.db, span, ctx.clock.now())).filter(({ ruleCode }) => ruleCode === 'pulmonary-tb');
  expect(await rows()).toMatchObject([
    { institutionName: '柳河', disease: '肺结核', cards: 4, inTime: 1, late: 0, overdue: 0, open: 2, dismissed: 1 },
  ].map(({ institutionName: _, ...row }) => row)); // prettier-ignore
  county.clock.advance(25 * 60);
  await answer((await cardOf(late.id)).id);
  expect(await rows()).toMatchObject([{ cards: 4, inTime: 1, late: 1, overdue: 1, open: 0, dismissed: 1 }]);
  expect((await cardOf(waits.id)).state).toBe('draft');
  const before = await readSummary(ctx.db, { from: '2020-01-01', to: '2020-12-31' }, ctx.clock.now());
  expect(before).toEqual([]);
});
