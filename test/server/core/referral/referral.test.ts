import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import { endReferral } from '../../../../server/core/referral/endReferral.ts';
import { listReferrals, type ReferralQuery } from '../../../../server/core/referral/listReferrals.ts';
import { referPatient } from '../../../../server/core/referral/referPatient.ts';
import {
  as,
  auditOf,
  county,
  ctx,
  doctor,
  institution,
  openReaders,
  place,
  reader,
  refusal,
  refused,
} from '../county.ts';
import { together } from '../together.ts';

openReaders();
let receiver: Actor, other: Actor, qa: Actor;
let lead: string, liuhe: string, baita: string;
let orderId: string;
beforeAll(async () => {
  [receiver, other, qa] = (await Promise.all(['clinician1', 'doctor2', 'qa1'].map(as))) as [Actor, Actor, Actor];
  [lead, liuhe, baita] = (await Promise.all(['QHRM', 'LIUHE', 'BAITA'].map(institution))) as [string, string, string];
}); // prettier-ignore
beforeEach(async () => {
  orderId = (await place()).id;
});

const refer = (to = lead, days = 30, id = orderId, by: Actor = doctor) =>
  referPatient(ctx, by, id, { institutionId: to, reason: '上级医院进一步诊治', days });
const rows = (id = orderId) => ctx.db.selectFrom('referral').selectAll().where('orderId', '=', id).execute();
const only = async () => (await rows())[0]!;
const list = (actor: Actor, query: Partial<ReferralQuery> = {}, now = ctx.clock.now()) =>
  listReferrals(ctx.db, actor, now, { direction: 'in', state: 'open', limit: 100, ...query });

describe('a referral', () => {
  test.each([1, 30, 90])('for %i days opens for as long, with who referred, where and why on record', async (days) => {
    await refer(lead, days);
    const row = await only();
    expect(Number(row.expiresAt) - Number(row.referredAt)).toBe(days * 86_400_000);
    expect(row).toMatchObject({ fromInstitutionId: liuhe, toInstitutionId: lead, referredBy: doctor.id, endedAt: null });
    expect((await readTimeline(ctx.db, orderId)).items.at(-1)).toMatchObject({
      kind: 'referred',
      reason: '上级医院进一步诊治',
      actorName: '郑国华',
    });
    expect((await auditOf(orderId)).at(-1)?.action).toBe('patient.refer');
  }); // prettier-ignore

  test('stands once to the same place, also when two refer at once from two orders of the patient', async () => {
    const { patientId } = await ctx.db.selectFrom('orders').select('patientId').where('id', '=', orderId).executeTakeFirstOrThrow();
    const second = (await place()).id;
    await ctx.db.updateTable('orders').set({ patientId }).where('id', '=', second).execute();
    const outcomes = await together([() => refer(), () => refer(lead, 30, second), () => refer(baita)]);
    expect(outcomes.slice(0, 2).sort()).toEqual(['done', 'referred-already']);
    expect(outcomes[2]).toBe('done');
    expect((await rows()).length + (await rows(second)).length).toBe(2);
  }); // prettier-ignore

  test('is made anew after it has ended, early or by time', async () => {
    await refer();
    await endReferral(ctx, doctor, (await only()).id);
    await refer(lead, 1);
    county.clock.advance(1_441);
    await refer();
    expect(await rows()).toHaveLength(3);
  });

  test.each([
    ['its own site', () => liuhe],
    ['a site that is nowhere', () => '00000000-0000-4000-8000-000000000000'],
  ])('to %s is refused', async (_what, to) => {
    expect((await refusal(refer(to()))).faults).toEqual([
      { path: 'institutionId', code: 'other-institution' },
    ]);
    expect(await rows()).toEqual([]);
  });

  test('to a site that was closed, or of an order without a patient, is refused', async () => {
    const active = (value: boolean) =>
      ctx.db.updateTable('institution').set({ active: value }).where('id', '=', baita).execute();
    await active(false);
    expect((await refusal(refer(baita))).status).toBe(422);
    await active(true);
    await ctx.db
      .updateTable('orders')
      .set({ patientId: null, centerKind: 'sterilization' })
      .where('id', '=', orderId)
      .execute();
    expect((await refusal(refer())).faults).toEqual([{ path: 'orderId', code: 'no-patient' }]);
  });

  test.each([
    ['nurse1', '403 forbidden'],
    ['radiologist1', '403 forbidden'],
    ['qa1', '403 forbidden'],
    ['doctor2', '404 not-found'],
  ])('is not made by %s: %s', async (username, outcome) => {
    expect(await refused(refer(lead, 30, orderId, await as(username)))).toBe(outcome);
    expect(await rows()).toEqual([]);
  });
});

describe('its end', () => {
  test('is said by either side, once, and named', async () => {
    for (const side of [doctor, receiver]) {
      await ctx.db.deleteFrom('referral').execute();
      await refer();
      const { id, patientId } = await only();
      expect(await endReferral(ctx, side, id)).toEqual({ ok: true });
      expect(await only()).toMatchObject({ endedBy: side.id });
      expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'patient.referral-end', patientId });
      expect(await refused(endReferral(ctx, side, id))).toBe('409 already-ended');
    }
  });

  test('said by both at once is said once', async () => {
    await refer();
    const { id } = await only();
    const outcomes = await together([doctor, receiver].map((side) => () => endReferral(ctx, side, id)));
    expect(outcomes.sort()).toEqual(['already-ended', 'done']);
    expect((await auditOf(id)).filter(({ action }) => action === 'patient.referral-end')).toHaveLength(1);
  });

  test('is not said after its time, by others, or by who may not refer', async () => {
    await refer(lead, 1);
    const { id } = await only();
    expect(await refused(endReferral(ctx, other, id))).toBe('404 not-found');
    expect(await refused(endReferral(ctx, await as('nurse1'), id))).toBe('403 forbidden');
    expect(await refused(endReferral(ctx, reader, id))).toBe('403 forbidden');
    county.clock.advance(1_440);
    expect(await refused(endReferral(ctx, doctor, id))).toBe('409 already-ended');
    expect(await only()).toMatchObject({ endedAt: null, endedBy: null });
  });

  test('is said by who treats on one side and has another work on the other', async () => {
    await refer();
    const both: Actor = {
      ...receiver,
      roles: [{ role: 'technician', institutionId: liuhe, centerKind: null }, ...receiver.roles],
    };
    expect(await endReferral(ctx, both, (await only()).id)).toEqual({ ok: true });
  });
});

describe('the list', () => {
  test('shows what came and what went, the open ones unless all are asked for', async () => {
    await ctx.db.deleteFrom('referral').execute();
    await refer();
    await refer(baita);
    await endReferral(ctx, other, (await rows()).find((row) => row.toInstitutionId === baita)?.id ?? '');
    const shown = async (actor: Actor, query: Partial<ReferralQuery>) =>
      (await list(actor, query)).items.map(({ fromName, toName, open }) => [fromName, toName, open]);
    const [in1, gone] = [['柳河镇卫生院', '县人民医院', true], ['柳河镇卫生院', '白塔镇卫生院', false]];
    expect(await shown(receiver, {})).toEqual([in1]);
    expect(await shown(other, {})).toEqual([]);
    expect(await shown(other, { state: 'all' })).toEqual([gone]);
    expect(await shown(doctor, { direction: 'out' })).toEqual([in1]);
    expect(await shown(doctor, { direction: 'out', state: 'all' })).toEqual([gone, in1]);
    expect(await shown(qa, { direction: 'out' }), 'of the house where one works').toEqual([]);
    const later = new Date(ctx.clock.now().getTime() + 31 * 86_400_000);
    expect((await list(receiver, {}, later)).items).toEqual([]);
  }); // prettier-ignore

  test('goes page by page through referrals of one and the same instant', async () => {
    await ctx.db.deleteFrom('referral').execute();
    const orders = [];
    for (let n = 0; n < 5; n++) orders.push((await place()).id);
    for (const id of orders) await refer(lead, 30, id);
    await ctx.db.updateTable('referral').set({ referredAt: ctx.clock.now() }).execute();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(receiver, { limit: 2, cursor });
      seen.push(...page.items.map((row) => row.orderId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect([...seen].sort()).toEqual([...orders].sort());
    expect(await refused(list(receiver, { cursor: 'bm8' }))).toBe('400 bad-request');
  });
});
