import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { answerCritical } from '../../../../server/core/critical/answerCritical.ts';
import { climbLadder } from '../../../../server/core/critical/climbLadder.ts';
import { raiseCritical } from '../../../../server/core/critical/raiseCritical.ts';
import { criticalAcknowledged, criticalOnTime } from '../../../../server/core/quality/indicator/cases.ts';
import { as, county, ctx, institution, openCounty, place } from '../county.ts';
import { together } from '../together.ts';

openCounty();
let doctor: Actor, reader: Actor, duty: Actor;
let orderId: string, id: string;
beforeAll(async () => {
  [doctor, reader, duty] = (await Promise.all(['doctor1', 'radiologist1', 'duty1'].map(as))) as [Actor, Actor, Actor];
  await ctx.db.deleteFrom('rosterShift').execute();
}); // prettier-ignore
beforeEach(async () => {
  orderId = (await place({ priority: 'emergency' })).id;
  id = (await raiseCritical(ctx, reader, orderId, { finding: '张力性气胸' })).id;
});

const acknowledge = (of = id) => answerCritical(ctx, doctor, of, { kind: 'acknowledged', readBack: '气胸' });
const withdraw = (of = id) => answerCritical(ctx, reader, of, { kind: 'withdrawn', reason: '误报' });
const notices = () =>
  ctx.db
    .selectFrom('notification')
    .select(['kind', 'staffId', 'institutionId', 'body', 'readAt'])
    .where('orderId', '=', orderId)
    .orderBy('kind')
    .orderBy('createdAt')
    .execute();
const unread = async () => (await notices()).filter(({ readAt }) => !readAt).map(({ kind }) => kind);
const climb = async (minutes: number) => {
  county.clock.advance(minutes);
  await climbLadder(ctx);
};
const events = () =>
  ctx.db.selectFrom('criticalEvent').selectAll().where('criticalValueId', '=', id).orderBy('id').execute();

describe('the notices of a critical value', () => {
  test('end with its acknowledgement: nobody is called to what was answered', async () => {
    await climb(0.1);
    await climb(6);
    expect(await unread()).toEqual(['critical', 'critical']);
    await acknowledge();
    expect(await unread()).toEqual([]);
    expect((await notices()).map(({ kind }) => kind)).toEqual(['critical', 'critical']);
  });

  test('that is withdrawn end, and everybody who was told is told that too, once', async () => {
    const lead = await institution('QHRM');
    await ctx.db.deleteFrom('rosterShift').execute();
    await ctx.db
      .insertInto('rosterShift')
      .values({
        institutionId: lead,
        staffId: duty.id ?? '',
        duty: 'duty-office',
        startsAt: new Date(0),
        endsAt: new Date('2100-01-01'),
      })
      .execute();
    for (const minutes of [0.1, 6, 6, 6]) await climb(minutes);
    await withdraw();
    const told = (await notices()).filter(({ kind }) => kind === 'critical.withdrawn');
    expect(told.map(({ staffId }) => staffId).sort()).toEqual([doctor.id, duty.id, null].sort());
    expect(told.every(({ readAt }) => readAt === null)).toBe(true);
    expect(told[0]?.body).toEqual({
      criticalId: id,
      accessionNumber: expect.stringMatching(/^I/) as string,
    });
    expect(await unread()).toEqual(['critical.withdrawn', 'critical.withdrawn', 'critical.withdrawn']);
    await ctx.db.deleteFrom('rosterShift').execute();
  });

  test('withdrawn before anybody was told tell nobody', async () => {
    await withdraw();
    expect(await notices()).toEqual([]);
  });

  test('leave those of another value of the same case alone', async () => {
    const other = (await raiseCritical(ctx, reader, orderId, { finding: '主动脉夹层' })).id;
    await climb(0.1);
    await acknowledge(other);
    expect(await unread()).toEqual(['critical']);
    expect((await notices()).find(({ readAt }) => !readAt)?.body).toMatchObject({ criticalId: id });
  });

  test('and what browsers hear carry no name of the patient', async () => {
    await climb(0.1);
    await withdraw();
    const heard = await ctx.db
      .selectFrom('streamEvent')
      .select(['kind', 'data'])
      .where('orderId', '=', orderId)
      .where('kind', 'like', 'critical.%')
      .orderBy('seq')
      .execute();
    expect(heard.map(({ kind }) => kind)).toEqual([
      'critical.raised',
      'critical.escalated',
      'critical.withdrawn',
    ]);
    expect(JSON.stringify([heard, await notices()])).not.toContain('钱多多');
  });
});

describe('the ladder', () => {
  test('met by the acknowledgement in the same moment: neither waits for the other, and nothing is climbed after it', async () => {
    for (let round = 0; round < 4; round++) {
      id = (await raiseCritical(ctx, reader, orderId, { finding: `第 ${round} 例` })).id;
      const outcomes = await together([() => climbLadder(ctx), () => acknowledge(), () => climbLadder(ctx)]);
      expect(outcomes).toEqual(['done', 'done', 'done']);
      await climb(20);
      const kinds = (await events()).map(({ kind }) => kind);
      expect(kinds.slice(kinds.indexOf('acknowledged') + 1)).toEqual([]);
      expect(kinds.filter((kind) => kind === 'escalated').length).toBeLessThanOrEqual(1);
    }
  });

  test('after an outage of the workers goes rung by rung at once, none left out', async () => {
    county.clock.advance(40);
    for (let n = 0; n < 6; n++) await climbLadder(ctx);
    const rungs = (await events()).filter(({ kind }) => kind === 'escalated');
    expect(rungs.map(({ detail }) => (detail as { duty: string }).duty)).toEqual([
      'clinician',
      'site-duty',
      'site-head',
      'duty-office',
    ]);
  });

  test('of a case at which somebody is just now waits for the next round', async () => {
    const client = await ctx.pool.connect();
    await client.query('begin');
    await client.query('select 1 from orders where id = $1 for update', [orderId]);
    await climbLadder(ctx);
    expect((await events()).map(({ kind }) => kind)).toEqual(['found']);
    await client.query('rollback');
    client.release();
    await climbLadder(ctx);
    expect((await events()).map(({ kind }) => kind)).toEqual(['found', 'escalated']);
  });
});

describe('figures of critical values', () => {
  const counted = async (cases: typeof criticalAcknowledged) => {
    const now = ctx.clock.now().getTime();
    const span = { from: new Date(now - 3_600_000), to: new Date(now + 60_000) };
    const { rows } = await cases(span).execute(ctx.db);
    return (rows as { orderId: string; met: boolean }[])
      .filter((row) => row.orderId === orderId)
      .map(({ met }) => met);
  };

  test('count no significant finding and none that was withdrawn', async () => {
    await raiseCritical(ctx, reader, orderId, { finding: '结节', tier: 'significant' });
    const wrong = (await raiseCritical(ctx, reader, orderId, { finding: '误报' })).id;
    await withdraw(wrong);
    expect([await counted(criticalAcknowledged), await counted(criticalOnTime('imaging'))]).toEqual([
      [false],
      [false],
    ]);
    await acknowledge();
    expect([await counted(criticalAcknowledged), await counted(criticalOnTime('imaging'))]).toEqual([
      [true],
      [true],
    ]);
    expect(await counted(criticalOnTime('ecg'))).toEqual([]);
  });

  test.each([
    [9.9, true],
    [10.1, false],
  ])('notified after %d minutes are on time: %s', async (minutes, met) => {
    county.clock.advance(minutes);
    await answerCritical(ctx, reader, id, {
      kind: 'notified',
      channel: 'phone',
      recipientName: '郑国华',
      readBack: '气胸',
      result: 'reached',
    });
    county.clock.advance(30);
    await acknowledge();
    expect(await counted(criticalOnTime(null))).toEqual([met]);
  });
});
