import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { advanceTicket, type TicketAct } from '../../../../server/core/ticket/advanceTicket.ts';
import {
  DEFAULT_STEP_DAYS,
  dueOfStep,
  raiseTicket,
  stepDays,
  type TicketCause,
} from '../../../../server/core/ticket/raiseTicket.ts';
import { settingsOf, supervise } from '../../../../server/core/ticket/superviseTick.ts';
import { RULE_SETTINGS } from '../../../../server/core/ticket/ticketRules.ts';
import { as, auditOf, county, ctx, institution, openCounty, refused } from '../county.ts';

openCounty();
let quality: Actor, head: Actor, doctor: Actor;
let liuhe: string;
let id: string;
let serial = 0;
const DAY = 86_400_000;

beforeAll(async () => {
  [quality, head, doctor] = (await Promise.all(['qa1', 'head1', 'doctor1'].map(as))) as [Actor, Actor, Actor];
  liuhe = await institution('LIUHE');
});
const cause = (more: Partial<TicketCause> = {}): TicketCause => ({
  ruleCode: 'critical-overdue', sourceKey: `test:${++serial}`, title: '危急值未确认', institutionId: liuhe, centerKind: 'imaging',
  latestAt: ctx.clock.now(), detail: { n: serial }, ...more,
}); // prettier-ignore
const raise = (of: TicketCause) =>
  ctx.db.transaction().execute((trx) => raiseTicket(trx, ctx.clock.now(), of));
const bySource = (sourceKey: string) =>
  ctx.db.selectFrom('ticket').selectAll().where('sourceKey', '=', sourceKey).executeTakeFirstOrThrow();
const ticket = () => ctx.db.selectFrom('ticket').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const stand = (state: string) => ctx.db.updateTable('ticket').set({ state }).where('id', '=', id).execute();
const events = () =>
  ctx.db.selectFrom('ticketEvent').selectAll().where('ticketId', '=', id).orderBy('id').execute();

beforeEach(async () => {
  const of = cause();
  await raise(of);
  id = (await bySource(of.sourceKey)).id;
});

describe('a ticket', () => {
  const acts: Record<TicketAct['kind'], () => Promise<void>> = {
    assign: () => advanceTicket(ctx, quality, id, { kind: 'assign', staffId: doctor.id ?? '' }),
    feedback: () => advanceTicket(ctx, doctor, id, { kind: 'feedback', note: '已整改' }),
    verify: () => advanceTicket(ctx, quality, id, { kind: 'verify', note: '属实' }),
    close: () => advanceTicket(ctx, quality, id, { kind: 'close', note: '销号' }),
    reopen: () => advanceTicket(ctx, quality, id, { kind: 'reopen', note: '又见' }),
  };
  test.each([
    ['assign', { open: 'open', feedback: 'feedback', reopened: 'reopened' }],
    ['feedback', { open: 'feedback', reopened: 'feedback' }],
    ['verify', { feedback: 'verified' }],
    ['close', { verified: 'closed' }],
    ['reopen', { feedback: 'reopened', verified: 'reopened', closed: 'reopened' }],
  ] as [TicketAct['kind'], Record<string, string>][])(
    'is taken to "%s" from where that makes sense, and from nowhere else',
    async (kind, allowed) => {
      const wrong: string[] = [];
      for (const state of ['open', 'feedback', 'verified', 'closed', 'reopened']) {
        await stand(state);
        const before = (await events()).length;
        const outcome = await acts[kind]().then(
          () => 'done',
          (error: { type: string }) => error.type,
        );
        if (outcome !== (allowed[state] ? 'done' : 'ticket-state')) wrong.push(`${state}: ${outcome}`);
        if ((await ticket()).state !== (allowed[state] ?? state)) wrong.push(`${state} stands wrong`);
        if ((await events()).length !== before + (allowed[state] ? 1 : 0)) wrong.push(`${state}: events`);
      }
      expect(wrong).toEqual([]);
    },
  );

  test('goes round its loop: responsible, feedback, verified by another, closed; reopened it is a step further', async () => {
    await acts.assign();
    expect(await ticket()).toMatchObject({ responsibleId: doctor.id, step: 2, state: 'open' });
    const notices = await ctx.db
      .selectFrom('notification')
      .select(['staffId', 'kind'])
      .where('staffId', '=', doctor.id)
      .where('kind', '=', 'ticket.raised')
      .execute();
    expect(notices.length).toBeGreaterThan(0);
    await advanceTicket(ctx, head, id, { kind: 'feedback', note: '已整改' });
    expect(await refused(advanceTicket(ctx, head, id, { kind: 'verify', note: '自查' }))).toBe(
      '403 own-feedback',
    );
    await acts.verify();
    await acts.close();
    expect((await ticket()).closedAt).toEqual(expect.any(Date));
    const { step } = await ticket();
    await acts.reopen();
    const reopened = await ticket();
    expect(reopened).toMatchObject({ state: 'reopened', closedAt: null, step: step + 1 });
    expect(reopened.dueAt?.getTime()).toBeCloseTo(
      dueOfStep(await stepDays(ctx.db), step + 1, ctx.clock.now()).getTime(),
      -4,
    );
    expect((await events()).map(({ kind }) => kind)).toEqual([
      'raised',
      'assign',
      'feedback',
      'verify',
      'close',
      'reopen',
    ]);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'ticket.assign',
      'ticket.feedback',
      'ticket.verify',
      'ticket.close',
      'ticket.reopen',
    ]);
  });

  test('never goes beyond the last step', async () => {
    await ctx.db.updateTable('ticket').set({ step: 4 }).where('id', '=', id).execute();
    await acts.assign();
    expect((await ticket()).step).toBe(4);
  });

  test.each([
    ['doctor1', 'assign', '403 forbidden'],
    ['tech1', 'close', '403 forbidden'],
    ['courier1', 'feedback', '403 forbidden'],
    ['regulator1', 'feedback', '403 forbidden'],
    ['doctor2', 'feedback', '404 not-found'],
    ['radiologist1', 'feedback', '404 not-found'],
  ] as [string, TicketAct['kind'], string][])('%s may not %s: %s', async (username, kind, outcome) => {
    const actor = await as(username);
    const act = (kind === 'assign' ? { kind, staffId: actor.id ?? '' } : { kind, note: 'x' }) as TicketAct;
    expect(await refused(advanceTicket(ctx, actor, id, act))).toBe(outcome);
    expect((await ticket()).state).toBe('open');
  });

  test('of another site is answered by the person who was made responsible for it', async () => {
    const other = await as('doctor2');
    await advanceTicket(ctx, quality, id, { kind: 'assign', staffId: other.id ?? '' });
    await advanceTicket(ctx, other, id, { kind: 'feedback', note: '已处理' });
    expect((await ticket()).state).toBe('feedback');
  });

  test('is assigned to nobody who is not there, and one that is nowhere is not found', async () => {
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(advanceTicket(ctx, quality, id, { kind: 'assign', staffId: nowhere }))).toBe(
      '404 not-found',
    );
    expect(await refused(advanceTicket(ctx, quality, nowhere, { kind: 'close', note: 'x' }))).toBe(
      '404 not-found',
    );
    expect((await ticket()).responsibleId).toBeNull();
  });

  test('closed twice at once is closed once', async () => {
    await stand('verified');
    const outcomes = await Promise.all(
      [acts.close(), acts.close(), acts.close()].map((act) =>
        act.then(
          () => 'done',
          (error: { type: string }) => error.type,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(['done', 'ticket-state', 'ticket-state']);
  });
});

describe('a matter that a rule finds', () => {
  test('found by five at once opens one ticket; found again while it is worked on it follows, told once', async () => {
    const of = cause();
    const done = await Promise.all(Array.from({ length: 5 }, () => raise(of)));
    expect(done.filter((what) => what === 'opened')).toHaveLength(1);
    expect(await raise({ ...of, title: '已有 6 例', detail: { n: 6 } })).toBe('known');
    const row = await bySource(of.sourceKey);
    expect(row).toMatchObject({ title: '已有 6 例', detail: { n: 6 }, recurrences: 0 });
    const told = await ctx.db
      .selectFrom('ticketEvent')
      .select('kind')
      .where('ticketId', '=', row.id)
      .execute();
    expect(told).toEqual([{ kind: 'raised' }]);
  });

  test('comes back only for what happened after its ticket was closed', async () => {
    const of = cause();
    await raise(of);
    const closedAt = ctx.clock.now();
    await ctx.db
      .updateTable('ticket')
      .set({ state: 'closed', closedAt, step: 3 })
      .where('sourceKey', '=', of.sourceKey)
      .execute();
    expect(await raise({ ...of, latestAt: closedAt, title: 'x' }), 'the same moment is the same matter').toBe(
      'known',
    );
    expect(await bySource(of.sourceKey)).toMatchObject({ state: 'closed', title: of.title });
    expect(await raise({ ...of, latestAt: new Date(closedAt.getTime() + 1), title: '再次' })).toBe(
      'reopened',
    );
    expect(await bySource(of.sourceKey)).toMatchObject({
      state: 'reopened',
      title: '再次',
      recurrences: 1,
      step: 1,
      closedAt: null,
    });
  });
});

describe('the steps of supervision', () => {
  const set = (value: unknown) =>
    ctx.db
      .insertInto('setting')
      .values({ key: 'ticket.steps', value: JSON.stringify(value) })
      .onConflict((oc) => oc.column('key').doUpdateSet({ value: JSON.stringify(value) }))
      .execute();
  test.each([
    [
      [2, 5],
      [2, 5],
    ],
    [[0.5], [0.5]],
    [[], DEFAULT_STEP_DAYS],
    [[1, 0], DEFAULT_STEP_DAYS],
    [[1, -3], DEFAULT_STEP_DAYS],
    [[1, 366], DEFAULT_STEP_DAYS],
    [['1'], DEFAULT_STEP_DAYS],
    [{ days: 1 }, DEFAULT_STEP_DAYS],
  ])('set to %j are %j', async (value, days) => {
    await set(value);
    expect(await stepDays(ctx.db)).toEqual(days);
    await ctx.db.deleteFrom('setting').where('key', '=', 'ticket.steps').execute();
  });

  test.each([
    [0, 1],
    [1, 1],
    [2, 3],
    [4, 30],
    [9, 30],
  ])('step %i is due after %i days', (step, days) => {
    const from = new Date('2026-02-28T00:00:00Z');
    expect((dueOfStep(DEFAULT_STEP_DAYS, step, from).getTime() - from.getTime()) / DAY).toBe(days);
  });

  test('an overdue ticket goes one step on each time, whoever looks, and its site is told', async () => {
    await ctx.db.updateTable('ticketRule').set({ active: false }).execute();
    await ctx.db.updateTable('ticket').set({ state: 'closed' }).where('id', '<>', id).execute();
    county.clock.advance(1_441);
    const counts = await Promise.all([supervise(ctx), supervise(ctx), supervise(ctx)]);
    expect(counts.reduce((sum, { overdue }) => sum + overdue, 0)).toBe(1);
    expect(await ticket()).toMatchObject({ step: 2 });
    expect((await events()).at(-1)).toMatchObject({ kind: 'overdue', detail: { from: 1, to: 2 } });
    await supervise(ctx);
    expect((await ticket()).step, 'not due again yet').toBe(2);
  });
});

test.each(Object.entries(RULE_SETTINGS))(
  'the numbers of the rule %s stay within their bounds, whatever is stored',
  (code, bounds) => {
    for (const [name, { least, most, initial }] of Object.entries(bounds)) {
      expect(initial >= least && initial <= most).toBe(true);
      const of = (value: unknown) => settingsOf(code, { [name]: value })[name];
      expect([of(least - 1), of(least), of(most), of(most + 1)]).toEqual([least, least, most, most]);
      for (const nonsense of ['9', null, NaN, Infinity, undefined]) expect(of(nonsense)).toBe(initial);
    }
    expect(Object.keys(settingsOf(code, { other: 1 }))).toEqual(Object.keys(bounds));
  },
);
