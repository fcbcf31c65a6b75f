import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { answerCritical, type CriticalAnswer } from '../../../../server/core/critical/answerCritical.ts';
import { climbLadder } from '../../../../server/core/critical/climbLadder.ts';
import { raiseCritical } from '../../../../server/core/critical/raiseCritical.ts';
import { readTimeline } from '../../../../server/core/order/timeline.ts';
import {
  as,
  auditOf,
  county,
  ctx,
  institution,
  openCounty,
  orderRow,
  place,
  refusal,
  refused,
} from '../county.ts';

openCounty();
let doctor: Actor, reader: Actor, duty: Actor;
let orderId: string, id: string;
beforeAll(async () => {
  [doctor, reader, duty] = (await Promise.all(['doctor1', 'radiologist1', 'duty1'].map(as))) as [
    Actor,
    Actor,
    Actor,
  ];
  await ctx.db.deleteFrom('rosterShift').execute();
});
beforeEach(async () => {
  orderId = (await place({ priority: 'emergency' })).id;
  id = (await raiseCritical(ctx, reader, orderId, { finding: '张力性气胸' })).id;
});

const value = () =>
  ctx.db.selectFrom('criticalValue').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const stand = (state: string) =>
  ctx.db.updateTable('criticalValue').set({ state }).where('id', '=', id).execute();
const events = () =>
  ctx.db.selectFrom('criticalEvent').selectAll().where('criticalValueId', '=', id).orderBy('id').execute();

const called: CriticalAnswer = {
  kind: 'notified',
  channel: 'phone',
  recipientName: '郑国华',
  readBack: '气胸,已记',
  result: 'reached',
};
const acknowledged: CriticalAnswer = { kind: 'acknowledged', readBack: '张力性气胸' };
const disposed: CriticalAnswer = { kind: 'disposed', disposition: '胸腔闭式引流' };
const withdrawn: CriticalAnswer = { kind: 'withdrawn', reason: '误报' };
const by = (answer: CriticalAnswer) => (['acknowledged', 'disposed'].includes(answer.kind) ? doctor : reader);

describe('a critical value', () => {
  test.each([
    ['notified', called, ['open', 'notified']],
    ['acknowledged', acknowledged, ['open', 'notified']],
    ['disposed', disposed, ['acknowledged']],
    ['withdrawn', withdrawn, ['open', 'notified', 'acknowledged', 'disposed']],
  ] as const)(
    'is %s from the states where that makes sense, and from no other',
    async (_kind, answer, from) => {
      const wrong: string[] = [];
      for (const state of ['open', 'notified', 'acknowledged', 'disposed', 'withdrawn']) {
        await stand(state);
        const before = (await events()).length;
        const outcome = await answerCritical(ctx, by(answer), id, answer).then(
          () => 'done',
          (error: { type: string }) => error.type,
        );
        const allowed = (from as readonly string[]).includes(state);
        if (outcome !== (allowed ? 'done' : 'critical-state')) wrong.push(`${state}: ${outcome}`);
        if ((await value()).state !== (allowed ? answer.kind : state)) wrong.push(`${state} stands wrong`);
        if ((await events()).length !== before + (allowed ? 1 : 0)) wrong.push(`${state}: events`);
      }
      expect(wrong).toEqual([]);
    },
  );

  test('goes round its loop with everything on record, and its order is critical until it is withdrawn', async () => {
    expect((await orderRow(orderId)).critical).toBe(true);
    await answerCritical(ctx, reader, id, called);
    await answerCritical(ctx, doctor, id, acknowledged);
    expect(await value()).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: doctor.id,
      nextStepAt: null,
    });
    await answerCritical(ctx, doctor, id, { ...disposed, patientReachedAt: '2026-11-22T08:30:00Z' });
    expect(await value()).toMatchObject({
      disposition: '胸腔闭式引流',
      patientReachedAt: new Date('2026-11-22T08:30:00Z'),
    });
    await answerCritical(ctx, reader, id, withdrawn);
    expect(await value()).toMatchObject({ state: 'withdrawn', withdrawnReason: '误报' });
    expect((await orderRow(orderId)).critical).toBe(false);
    const kinds = ['found', 'notified', 'acknowledged', 'disposed', 'withdrawn'];
    expect((await events()).map(({ kind }) => kind)).toEqual(kinds);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(kinds.map((kind) => `critical.${kind}`));
    const { items } = await readTimeline(ctx.db, orderId);
    expect(items.map(({ kind }) => kind).filter((kind) => kind.startsWith('critical-'))).toEqual(
      kinds.map((kind) => `critical-${kind}`),
    );
  });

  test('beside another one that stands keeps its order critical', async () => {
    await raiseCritical(ctx, reader, orderId, { finding: '主动脉夹层' });
    await answerCritical(ctx, reader, id, withdrawn);
    expect((await orderRow(orderId)).critical).toBe(true);
  });

  test.each([
    ['a telephone that nobody answered', { ...called, result: 'no-answer' }, 'open'],
    ['a call that failed', { ...called, result: 'failed' }, 'open'],
    ['a message on a screen, reached or not', { ...called, channel: 'screen' }, 'open'],
    ['a text message', { ...called, channel: 'sms', readBack: undefined }, 'open'],
    ['a word in person', { ...called, channel: 'in-person' }, 'notified'],
  ] as [string, CriticalAnswer, string][])(
    '%s is recorded and leaves it %s',
    async (_what, answer, state) => {
      await answerCritical(ctx, reader, id, answer);
      const { kind: _, recipientName, ...told } = answer as Extract<CriticalAnswer, { kind: 'notified' }>;
      expect((await events()).at(-1)).toMatchObject({
        kind: 'notified',
        recipientName,
        channel: told.channel,
        result: told.result,
      });
      expect(await value()).toMatchObject({ state, nextStepAt: expect.any(Date) as Date });
    },
  );

  test.each([
    ['an acknowledgement', { kind: 'acknowledged', readBack: '  ' }],
    ['a call that reached somebody', { ...called, readBack: undefined }],
    ['a word in person', { ...called, channel: 'in-person', readBack: '' }],
  ] as [string, CriticalAnswer][])(
    '%s without read-back is refused and changes nothing',
    async (_what, answer) => {
      expect(await refusal(answerCritical(ctx, by(answer), id, answer))).toMatchObject({
        status: 422,
        faults: [{ path: 'readBack', code: 'required' }],
      });
      expect((await value()).state).toBe('open');
      expect(await events()).toHaveLength(1);
    },
  );

  test('acknowledged twice at once is acknowledged once', async () => {
    const nurse = await as('nurse1');
    const outcomes = await Promise.all(
      [doctor, nurse, duty].map((actor) =>
        answerCritical(ctx, actor, id, acknowledged).then(
          () => 'done',
          (error: { type: string }) => error.type,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(['critical-state', 'critical-state', 'done']);
  });
});

describe('who may', () => {
  test.each([
    ['nurse1', acknowledged, 'done'],
    ['tech1', acknowledged, 'done'],
    ['duty1', acknowledged, 'done'],
    ['radiologist1', acknowledged, '403 critical-of-site'],
    ['head1', acknowledged, '403 critical-of-site'],
    ['qa1', acknowledged, '403 critical-of-site'],
    ['duty1', called, 'done'],
    ['head1', called, 'done'],
    ['doctor1', called, '403 forbidden'],
    ['duty1', withdrawn, '403 forbidden'],
    ['doctor1', withdrawn, '403 forbidden'],
    ['doctor2', acknowledged, '404 not-found'],
    ['cardiologist1', called, '404 not-found'],
    ['admin1', withdrawn, '404 not-found'],
  ] as [string, CriticalAnswer, string][])('%s, $1.kind: %s', async (username, answer, outcome) => {
    const actor = await as(username);
    const did = answerCritical(ctx, actor, id, answer);
    expect(outcome === 'done' ? await did.then(() => 'done') : await refused(did)).toBe(outcome);
    const denied = (await auditOf(orderId)).filter((row) => row.outcome === 'denied');
    expect(denied.map(({ actorName }) => actorName)).toEqual(outcome.startsWith('404') ? [actor.name] : []);
  });

  test('raise one: who works at the centre that reads, before signing and after', async () => {
    for (const [username, outcome] of [
      ['doctor1', '403 forbidden'],
      ['duty1', '403 forbidden'],
      ['qa1', '403 forbidden'],
      ['cardiologist2', '404 not-found'],
      ['doctor3', '404 not-found'],
    ] as const)
      expect(await refused(raiseCritical(ctx, await as(username), orderId, { finding: 'x' })), username).toBe(
        outcome,
      );
    await ctx.db.updateTable('orders').set({ status: 'final' }).where('id', '=', orderId).execute();
    expect((await raiseCritical(ctx, reader, orderId, { finding: '补报', tier: 'significant' })).id).toMatch(
      /-/,
    );
  });

  test('a value that is nowhere is not found, and nothing is on record', async () => {
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(answerCritical(ctx, doctor, nowhere, acknowledged))).toBe('404 not-found');
    expect(await auditOf(nowhere)).toEqual([]);
  });
});

describe('the ladder', () => {
  const rungs = async () =>
    (await events())
      .filter(({ kind }) => kind === 'escalated')
      .map(({ detail, recipientName }) => [
        (detail as { duty: string }).duty,
        recipientName,
        (detail as { phone: string | null }).phone,
      ]);
  const shift = async (
    username: string,
    dutyName: string,
    code: string,
    phone: string | null,
    hours: [number, number],
  ) => {
    const now = ctx.clock.now().getTime();
    await ctx.db
      .insertInto('rosterShift')
      .values({
        institutionId: await institution(code),
        staffId: (await as(username)).id ?? '',
        duty: dutyName,
        phone,
        startsAt: new Date(now + hours[0] * 3_600_000),
        endsAt: new Date(now + hours[1] * 3_600_000),
      })
      .execute();
  };

  test('goes from who asked over the site’s duty and head to the county, each at its minute and once', async () => {
    await shift('nurse1', 'site-duty', 'LIUHE', '8001', [-1, 4]);
    await shift('tech1', 'site-head', 'LIUHE', null, [2, 4]); // not on duty yet
    await shift('doctor2', 'site-duty', 'BAITA', '8002', [-1, 4]); // of another site
    await shift('duty1', 'duty-office', 'QHRM', '9000', [-1, 4]);
    const sitePhone = (
      await ctx.db
        .selectFrom('institution')
        .select('dutyPhone')
        .where('code', '=', 'LIUHE')
        .executeTakeFirstOrThrow()
    ).dutyPhone;
    const doctorPhone = (
      await ctx.db.selectFrom('staff').select('phone').where('id', '=', doctor.id).executeTakeFirstOrThrow()
    ).phone;
    const expected = [
      ['clinician', '郑国华', doctorPhone ?? sitePhone],
      ['site-duty', '吴秀兰', '8001'],
      ['site-head', null, sitePhone],
      ['duty-office', duty.name, '9000'],
    ];
    for (const [minute, count] of [
      [0, 1],
      [4, 1],
      [5, 2],
      [9, 2],
      [10, 3],
      [15, 4],
      [60, 4],
    ] as const) {
      const found = (await value()).foundAt.getTime();
      county.clock.advance((found + minute * 60_000 + 500 - ctx.clock.now().getTime()) / 60_000);
      await Promise.all([climbLadder(ctx), climbLadder(ctx), climbLadder(ctx)]);
      expect(await rungs(), `minute ${minute}`).toEqual(expected.slice(0, count));
    }
    expect(await value()).toMatchObject({ step: 4, nextStepAt: null, state: 'open' });
    await ctx.db.deleteFrom('rosterShift').execute();
  });

  test('goes on after a call that reached nobody, and ends with the acknowledgement', async () => {
    await climbLadder(ctx);
    await answerCritical(ctx, reader, id, { ...called, result: 'no-answer' });
    county.clock.advance(6);
    await climbLadder(ctx);
    expect(await rungs()).toHaveLength(2);
    await answerCritical(ctx, doctor, id, acknowledged);
    county.clock.advance(60);
    await climbLadder(ctx);
    expect(await rungs()).toHaveLength(2);
  });

  test('tells a rung without anybody on duty to the whole site, without a name in the notice', async () => {
    county.clock.advance(6);
    await climbLadder(ctx);
    county.clock.advance(1);
    await climbLadder(ctx);
    const notices = await ctx.db
      .selectFrom('notification')
      .select(['staffId', 'institutionId', 'body'])
      .where('orderId', '=', orderId)
      .orderBy('createdAt')
      .execute();
    expect(notices.at(-1)).toMatchObject({ staffId: null, institutionId: await institution('LIUHE') });
    expect(JSON.stringify(notices)).not.toContain('钱多多');
  });
});
