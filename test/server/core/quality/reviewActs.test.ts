import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { actorOfStaff } from '../../../../server/core/access/actorOfStaff.ts';
import { appealReview, decideAppeal } from '../../../../server/core/quality/review/appeal.ts';
import { drawReviews } from '../../../../server/core/quality/review/drawReviews.ts';
import { readBlind } from '../../../../server/core/quality/review/readBlind.ts';
import { settleConference } from '../../../../server/core/quality/review/settleConference.ts';
import { readReviewStatistics } from '../../../../server/core/quality/reviewStatistics.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import {
  as,
  auditOf,
  county,
  ctx,
  head,
  institution,
  openReaders,
  place,
  reader,
  refusal,
  refused,
  request,
  second,
} from '../county.ts';
import { acceptOrder } from '../../../../server/core/order/acts.ts';
import { together } from '../together.ts';
import { setTo, sign } from './history.ts';

openReaders();
let quality: Actor, other: Actor;
beforeAll(async () => {
  quality = await as('qa1');
  // A second quality officer, and the writer among those who may review.
  const { id: staffId, institutionId } = await ctx.db.selectFrom('staff').select(['id', 'institutionId']).where('username', '=', 'clinician1').executeTakeFirstOrThrow();
  for (const [id, role] of [[staffId, 'quality'], [reader.id ?? '', 'center-head'], [second.id ?? '', 'center-head']] as const)
    await ctx.db.insertInto('staffRole').values({ staffId: id, institutionId, role, centerKind: role === 'center-head' ? 'imaging' : null }).execute();
  other = await as('clinician1');
  reader.roles = (await actorOfStaff(ctx.db, 'radiologist1')).roles;
  second.roles = (await actorOfStaff(ctx.db, 'radiologist2')).roles;
}); // prettier-ignore

let month = 0;
/** A day of its own for every draw. */
const nextDay = () =>
  `2026-${String(1 + (month % 10)).padStart(2, '0')}-${String(10 + Math.floor(month++ / 10))}`;
async function signedOn(day: string, input: Record<string, unknown> = {}, by?: string): Promise<string> {
  setTo(`${day}T09:00`);
  const id = by ? ((await request(input, { by })).orders[0]?.id ?? '') : (await place(input)).id;
  await acceptOrder(ctx, reader, id);
  await sign(id);
  return id;
}
const draw = (day: string, more: Partial<Parameters<typeof drawReviews>[2]> = {}, actor = quality) =>
  drawReviews(ctx, actor, { center: 'imaging', count: 50, from: day, to: day, readings: 1, ...more });
const row = (id: string) =>
  ctx.db.selectFrom('qualityReview').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const drawnOf = async (orderIds: string[]) =>
  (await ctx.db.selectFrom('qualityReview').select('orderId').where('orderId', 'in', orderIds).execute()).map(
    ({ orderId }) => orderId,
  );
/** One drawn review of a report of its own. */
async function drawn(readings = 1): Promise<string> {
  const day = nextDay();
  const orderId = await signedOn(day);
  await draw(day, { readings });
  const { id } = await ctx.db.selectFrom('qualityReview').select('id').where('orderId', '=', orderId).executeTakeFirstOrThrow();
  return id;
} // prettier-ignore
const read = (id: string, actor: Actor, score: number, more: object = {}) =>
  readBlind(ctx, actor, id, { score, compliance: { compliant: score < 3, faults: [] }, ...more });
const settle = (id: string, actor: Actor, participants = ['潘慧', '萧正']) =>
  settleConference(ctx, actor, id, { participants, score: 3, compliant: false, faults: ['laterality'], conclusion: '漏诊' }); // prettier-ignore

describe('a draw', () => {
  test('takes as many as asked, of those days, each report once, and says by which rule', async () => {
    const [day, next] = [nextDay(), nextDay()];
    const ids = [await signedOn(day), await signedOn(day), await signedOn(day)];
    const later = await signedOn(next);
    const first = await draw(day, { count: 2 });
    expect(first).toEqual({ batch: expect.stringMatching(/^imaging-2026-/) as string, drawn: 2 });
    expect((await draw(day)).drawn, 'what is left').toBe(1);
    expect((await draw(day)).drawn).toBe(0);
    expect((await drawnOf([...ids, later])).sort()).toEqual([...ids].sort());
    const [audit] = await auditOf(first.batch);
    expect(audit).toMatchObject({
      action: 'quality.draw',
      detail: { center: 'imaging', count: 2, drawn: 2 },
    });
  });

  test('of two officers at once takes no report twice', async () => {
    const day = nextDay();
    const ids = await Promise.all([1, 2, 3, 4].map(() => signedOn(day)));
    const later: typeof ctx = { ...ctx, clock: { now: () => new Date(ctx.clock.now().getTime() + 5_000) } };
    const rule = { center: 'imaging' as const, count: 50, from: day, to: day, readings: 1 };
    const done = await Promise.all([ctx, later].map((context) => drawReviews(context, quality, rule)));
    expect(done.reduce((sum, each) => sum + each.drawn, 0)).toBe(4);
    expect(await drawnOf(ids)).toHaveLength(4);
  });

  test('is narrowed by site, writer, modality, and to corrected reports', async () => {
    const day = nextDay();
    const here = await signedOn(day);
    const there = await signedOn(day, {}, 'doctor2');
    const ct = await signedOn(day, { items: [{ code: 'CT-HEAD' }] });
    expect((await draw(day, { correctedOnly: true })).drawn).toBe(0);
    expect((await draw(day, { readerId: second.id ?? '' })).drawn).toBe(0);
    await draw(day, { institutionId: await institution('BAITA') });
    expect(await drawnOf([here, there, ct])).toEqual([there]);
    await draw(day, { modality: 'CT' });
    expect(await drawnOf([here, ct])).toEqual([ct]);
    expect((await draw(day, { readerId: reader.id ?? '' })).drawn).toBe(1);
  });

  test('takes no report that is void, nor one of another centre', async () => {
    const day = nextDay();
    const id = await signedOn(day);
    await ctx.db.updateTable('signedReport').set({ state: 'void' }).where('orderId', '=', id).execute();
    expect((await draw(day)).drawn).toBe(0);
    await ctx.db.updateTable('signedReport').set({ state: 'valid' }).where('orderId', '=', id).execute();
    expect((await draw(day, { center: 'ecg' })).drawn).toBe(0);
    expect(await refused(draw(day, {}, await as('doctor1')))).toBe('403 forbidden');
    expect(await drawnOf([id])).toEqual([]);
  });
});

describe('a blind reading', () => {
  test('by one decides with its grade; by two the stricter counts', async () => {
    const one = await drawn();
    expect(await read(one, quality, 2, { comment: '措辞' })).toEqual({ state: 'decided' });
    expect(await row(one)).toMatchObject({ score: 2, reviewerId: quality.id, comment: '措辞', compliance: { compliant: true } });
    const two = await drawn(2);
    expect(await read(two, quality, 2)).toEqual({ state: 'open' });
    expect(await row(two)).toMatchObject({ state: 'open', score: null, decidedAt: null });
    expect(await read(two, head, 3)).toEqual({ state: 'decided' });
    expect(await row(two)).toMatchObject({ score: 3, reviewerId: head.id, compliance: { compliant: false } });
  }); // prettier-ignore

  test('two grades apart from the other waits for the conference, with no grade yet', async () => {
    const id = await drawn(2);
    await read(id, quality, 1);
    expect(await read(id, head, 3)).toEqual({ state: 'conference' });
    expect(await row(id)).toMatchObject({ state: 'conference', score: null, decidedAt: null });
  });

  test('is of two people: the same one twice is refused, and so is a third', async () => {
    const id = await drawn(2);
    await read(id, quality, 1);
    expect(await refused(read(id, quality, 4))).toBe('409 read-already');
    await read(id, head, 1);
    expect(await refused(read(id, other, 4))).toBe('404 not-found');
    const rows = await ctx.db
      .selectFrom('reviewReading')
      .select('score')
      .where('reviewId', '=', id)
      .execute();
    expect(rows).toEqual([{ score: 1 }, { score: 1 }]);
  });

  test('of three officers at once: two readings stand, whoever comes last is told', async () => {
    const id = await drawn(2);
    const outcomes = await together([quality, head, other].map((actor) => () => read(id, actor, 2)));
    expect([...outcomes].sort()).toEqual(['done', 'done', 'not-found']);
    expect(await row(id)).toMatchObject({ state: 'decided', score: 2 });
  });

  test.each(['radiologist1', 'radiologist2'])('is not by %s, who wrote or signed it', async (username) => {
    const id = await drawn();
    expect(await refused(read(id, await as(username), 1))).toBe('403 own-report');
    expect((await row(id)).state).toBe('open');
  });

  test('that grades the input names its faults by the words of the centre', async () => {
    const id = await drawn();
    const graded = (inputGrade: object) => refusal(read(id, quality, 1, { inputGrade }));
    expect((await graded({ grade: 'C', faults: [] })).faults).toEqual([
      { path: 'inputGrade.faults', code: 'required' },
    ]);
    expect((await graded({ grade: 'B', faults: ['motion', 'haemolysis'] })).faults).toEqual([
      { path: 'inputGrade.faults', code: 'unknown-fault', params: { fault: 'haemolysis' } },
    ]);
    expect((await row(id)).state).toBe('open');
    await read(id, quality, 1, { inputGrade: { grade: 'A', faults: [] } });
    expect(await row(id)).toMatchObject({ inputGrade: 'A', inputFaults: [] });
    const told = await ctx.db.selectFrom('notification').select('id').where('orderId', '=', (await row(id)).orderId).where('kind', '=', 'input-graded').execute();
    expect(told, 'nobody is told of good images').toEqual([]);
  }); // prettier-ignore

  test('by who may not review is refused', async () => {
    const id = await drawn();
    for (const username of ['doctor1', 'lab1', 'regulator1'])
      expect(await refused(read(id, await as(username), 1)), username).toBe('403 forbidden');
  });
});

describe('a conference', () => {
  const apart = async (): Promise<string> => {
    const id = await drawn(2);
    await read(id, quality, 1);
    await read(id, head, 4);
    return id;
  };

  test('settles the grade with what is to be learnt', async () => {
    const id = await apart();
    await settle(id, quality);
    expect(await row(id)).toMatchObject({
      state: 'decided',
      score: 3,
      reviewerId: quality.id,
      comment: '漏诊',
      compliance: { compliant: false, faults: ['laterality'] },
      conference: { participants: ['潘慧', '萧正'], by: quality.name },
    });
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'quality.conference',
      detail: { participants: 2, score: 3 },
    });
  });

  test('is of two different people, and not led by who wrote or signed the report', async () => {
    const id = await apart();
    expect((await refusal(settle(id, quality, ['潘慧', '潘慧']))).faults).toEqual([
      { path: 'participants', code: 'conference-of-two' },
    ]);
    for (const own of [reader, second]) expect(await refused(settle(id, own))).toBe('403 own-report');
    expect((await row(id)).state).toBe('conference');
  });

  test('is held once, and only where two readings lie apart', async () => {
    expect(await refused(settle(await drawn(2), quality))).toBe('409 no-conference');
    const id = await apart();
    expect([...(await together([() => settle(id, quality), () => settle(id, other)]))].sort()).toEqual(['done', 'no-conference']);
  }); // prettier-ignore
});

describe('an appeal', () => {
  const decided = async (score = 3): Promise<string> => {
    const id = await drawn();
    await read(id, quality, score);
    return id;
  };
  const decide = (id: string, actor: Actor, input: object = {}) =>
    decideAppeal(ctx, actor, id, { upheld: true, reason: '维持', ...input });

  test('is made by the writer or the signer, once, and by nobody else', async () => {
    const id = await decided();
    expect(await refused(appealReview(ctx, head, id, '不服'))).toBe('404 not-found');
    await appealReview(ctx, second, id, '图像不足');
    expect(await row(id)).toMatchObject({ state: 'appealed', appeal: '图像不足', appealedBy: second.id });
    expect(await refused(appealReview(ctx, reader, id, '我也不服'))).toBe('409 no-appeal');
    expect(await refused(appealReview(ctx, reader, await drawn(), '尚未评分'))).toBe('409 no-appeal');
  });

  test('is in time for fourteen days and not a minute longer', async () => {
    const id = await decided();
    county.clock.advance(14 * 1_440 + 1);
    expect(await refused(appealReview(ctx, reader, id, '不服'))).toBe('409 too-late');
    county.clock.advance(-3);
    await appealReview(ctx, reader, id, '不服');
    expect((await row(id)).state).toBe('appealed');
  });

  test('is decided by another than who wrote, signed or graded; a grade that stays stays', async () => {
    const id = await decided();
    expect(await refused(decide(id, other))).toBe('409 not-appealed');
    await appealReview(ctx, reader, id, '不服');
    for (const own of [quality, reader, second]) expect(await refused(decide(id, own))).toBe('403 own-review');
    await decide(id, other, { score: 1 });
    expect(await row(id)).toMatchObject({ state: 'closed', score: 3, appealDecision: '维持', appealDecidedBy: other.id });
    expect(await refused(decide(id, other))).toBe('409 not-appealed');
    expect(await refused(appealReview(ctx, reader, id, '再次不服'))).toBe('409 no-appeal');
  }); // prettier-ignore

  test('that is granted has a new grade, and the old one is on record', async () => {
    const id = await decided();
    await appealReview(ctx, reader, id, '不服');
    expect((await refusal(decide(id, other, { upheld: false }))).faults).toEqual([
      { path: 'score', code: 'required' },
    ]);
    expect((await row(id)).state).toBe('appealed');
    await decide(id, other, { upheld: false, score: 2, reason: '采纳' });
    expect(await row(id)).toMatchObject({ state: 'closed', score: 2 });
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'quality.appeal-decide',
      detail: { upheld: false, score: 2, before: 3 },
    });
  });
});

test('the statistics count grades, writing, input and agreement by the day of decision', async () => {
  const before = ctx.clock.now().getTime();
  county.clock.advance((Date.parse('2028-05-10T10:00:00+08:00') - before) / 60_000);
  const today = localDate(ctx.clock.now());
  const ids = await Promise.all([1, 2, 3].map(() => signedOn(today)));
  await draw(today, { readings: 2 });
  const reviews = await ctx.db.selectFrom('qualityReview').select('id').where('orderId', 'in', ids).orderBy('id').execute();
  for (const [n, { id }] of reviews.entries()) {
    await read(id, quality, n + 1, { inputGrade: n === 0 ? { grade: 'B', faults: ['motion'] } : { grade: 'A', faults: [] } });
    county.clock.advance(1);
    await read(id, head, n === 2 ? 2 : n + 1);
  }
  const found = await readReviewStatistics(ctx.db, today, today, 'imaging');
  expect(found.all).toMatchObject({ reviewed: 3, grades: [1, 1, 1, 0], significant: 1, judged: 3, compliant: 2, inputGraded: 3, inputGood: 2 });
  expect(found.bySite.map(({ name, reviewed }) => [name, reviewed])).toEqual([['柳河镇卫生院', 3]]);
  expect(found.byWriter.map(({ name, reviewed }) => [name, reviewed])).toEqual([['陈思远', 3]]);
  expect(found.counts).toEqual([[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]);
  expect(found.agreement?.n).toBe(3);
  expect((await readReviewStatistics(ctx.db, today, today, 'ecg')).all).toBeNull();
  expect((await readReviewStatistics(ctx.db, '2028-05-11', '2028-05-11', undefined)).all).toBeNull();
}); // prettier-ignore
