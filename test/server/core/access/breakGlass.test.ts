import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, SYSTEM, type Actor } from '../../../../server/core/access/actor.ts';
import { breakGlass } from '../../../../server/core/access/breakGlass.ts';
import { remindReviewers, REVIEW_DAYS } from '../../../../server/core/access/remindReviewers.ts';
import { reviewGrant } from '../../../../server/core/access/reviewGrant.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { as, auditOf, county, ctx, institution, openCounty, place, refused } from '../county.ts';

openCounty();

const idCard = completeIdCard('32062119800506101');
let doctor: Actor;
let patientId: string;
beforeAll(async () => {
  doctor = await as('doctor2');
  const order = await place({
    patient: { name: '周建设', sex: 'M', birthDate: '1980-05-06', identifiers: [{ type: 'id-card', value: idCard }] },
  }); // prettier-ignore
  patientId = order.patientId ?? '';
});

const open = (actor = doctor, more: { idCard?: string; hours?: number } = {}) =>
  breakGlass(ctx, actor, { idCard, reason: '昏迷,急诊抢救', hours: 8, ...more });
const grant = (id: string) =>
  ctx.db.selectFrom('accessGrant').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const grants = () => ctx.db.selectFrom('accessGrant').select('id').execute();
const told = async (kind: string, grantId: string) =>
  (
    await ctx.db
      .selectFrom('notification')
      .innerJoin('staff', 'staff.id', 'notification.staffId')
      .select(['staff.username', 'body'])
      .where('kind', '=', kind)
      .orderBy('username')
      .execute()
  )
    .filter(({ body }) => (body as { grantId: string }).grantId === grantId)
    .map(({ username }) => username);

describe('an opening', () => {
  test('lasts the hours that were asked for, from now on', async () => {
    const before = ctx.clock.now().getTime();
    const made = await open(doctor, { hours: 3 });
    const row = await grant(made.id);
    expect(row).toMatchObject({ staffId: doctor.id, patientId, kind: 'break-glass', reviewedAt: null });
    expect(row.expiresAt.getTime() - row.grantedAt.getTime()).toBe(3 * 3_600_000);
    expect(row.grantedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  test('finds the patient by the number as people type it', async () => {
    for (const typed of [` ${idCard} `, idCard.toLowerCase()])
      expect((await open(doctor, { idCard: typed })).patientId).toBe(patientId);
  });

  test('of a number that nobody has makes no grant and tells nobody, but stands in the trail with its reason', async () => {
    const before = await grants();
    const nobody = completeIdCard('32062119800506103');
    expect(await refused(open(doctor, { idCard: nobody }))).toBe('404 not-found');
    expect(await grants()).toEqual(before);
    const row = await ctx.db
      .selectFrom('auditEvent')
      .select(['outcome', 'subjectId', 'detail'])
      .where('action', '=', 'patient.break-glass')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      outcome: 'denied',
      subjectId: null,
      detail: { reason: '昏迷,急诊抢救', hours: 8 },
    });
    expect(JSON.stringify(row)).not.toContain(nobody);
  });

  test('is made by a person only', async () => {
    const machine = machineActor('HIS', 'm', await institution('BAITA'), ['patient.break-glass']);
    for (const actor of [machine, SYSTEM]) expect(await refused(open(actor))).toBe('403 forbidden');
  });

  test('is told at once to everybody who reviews, and to nobody else', async () => {
    const { id } = await open();
    expect(await told('access.break-glass', id)).toEqual(['qa1', 'security1']);
    const heard = await ctx.db
      .selectFrom('streamEvent')
      .select(['staffIds', 'data', 'orderId'])
      .where('kind', '=', 'notification.new')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(new Set(heard.staffIds)).toEqual(new Set([(await as('qa1')).id, (await as('security1')).id]));
    expect([heard.data, heard.orderId], 'no name on the stream').toEqual([{}, null]);
  });

  test('by one who reviews is told to the others; who left or lost the right hears nothing', async () => {
    const qa = await as('qa1');
    const { id } = await open(qa);
    expect(await told('access.break-glass', id)).toEqual(['security1']);
    await ctx.db.updateTable('staff').set({ active: false }).where('username', '=', 'security1').execute();
    expect(await told('access.break-glass', (await open()).id)).toEqual(['qa1']);
    await ctx.db.updateTable('staff').set({ active: true }).where('username', '=', 'security1').execute();
    await ctx.db
      .updateTable('staffRole')
      .set({ revokedAt: ctx.clock.now() })
      .where('staffId', '=', qa.id ?? '')
      .execute();
    expect(await told('access.break-glass', (await open()).id)).toEqual(['security1']);
    await ctx.db
      .updateTable('staffRole')
      .set({ revokedAt: null })
      .where('staffId', '=', qa.id ?? '')
      .execute();
  });
});

describe('its review', () => {
  const review = (actor: Actor, id: string, note = '属实') => reviewGrant(ctx, actor, id, note);

  test('names reviewer, time and judgement, once, and is on record with the patient', async () => {
    const qa = await as('qa1');
    const { id } = await open();
    await review(qa, id, '抢救记录属实');
    expect(await grant(id)).toMatchObject({ reviewedBy: qa.id, reviewNote: '抢救记录属实' });
    expect(await refused(review(await as('security1'), id, '不属实'))).toBe('409 reviewed');
    expect(await grant(id)).toMatchObject({ reviewedBy: qa.id, reviewNote: '抢救记录属实' });
    expect(await auditOf(id)).toEqual([
      {
        action: 'access.review',
        outcome: 'done',
        actorName: qa.name,
        detail: { note: '抢救记录属实' },
        patientId,
      },
    ]);
  });

  test('by two at once is one review', async () => {
    const [qa, security] = [await as('qa1'), await as('security1')];
    const { id } = await open();
    const outcomes = await Promise.allSettled([review(qa, id, 'A'), review(security, id, 'B')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await auditOf(id)).toHaveLength(1);
  });

  test('of one’s own opening is another’s to make', async () => {
    const qa = await as('qa1');
    const { id } = await open(qa);
    expect(await refused(review(qa, id))).toBe('403 own-opening');
    expect(await grant(id)).toMatchObject({ reviewedAt: null, reviewNote: null });
    expect(await auditOf(id)).toEqual([]);
    await review(await as('security1'), id);
  });

  test('of nothing is 404, and a machine reviews nothing', async () => {
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(review(await as('qa1'), nowhere))).toBe('404 not-found');
    const { id } = await open();
    expect(
      await refused(review(machineActor('m', 'm', await institution('QHRM'), ['access.review']), id)),
    ).toBe('403 forbidden');
  });

  test('that is late is reminded of once, by however many workers, and not where it was made in time', async () => {
    await ctx.db.updateTable('accessGrant').set({ remindedAt: ctx.clock.now() }).execute();
    const [waits, done] = [await open(), await open()];
    await review(await as('qa1'), done.id);
    county.clock.advance(REVIEW_DAYS * 24 * 60 - 1);
    await remindReviewers(ctx);
    expect(await told('access.review-overdue', waits.id), 'on the last minute').toEqual([]);
    county.clock.advance(2);
    await Promise.all([remindReviewers(ctx), remindReviewers(ctx), remindReviewers(ctx)]);
    expect(await told('access.review-overdue', waits.id)).toEqual(['qa1', 'security1']);
    expect(await told('access.review-overdue', done.id)).toEqual([]);
    expect((await grant(waits.id)).remindedAt).not.toBeNull();
  });
});
