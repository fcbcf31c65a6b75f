import { describe, expect, test } from 'vitest';
import { answerCritical } from '../../../../server/core/critical/answerCritical.ts';
import { raiseCritical } from '../../../../server/core/critical/raiseCritical.ts';
import { recordEvent } from '../../../../server/core/order/recordEvent.ts';
import { refreshIndicators } from '../../../../server/core/quality/refreshIndicators.ts';
import { ctx, doctor, openReaders, orderRow, place, reader } from '../county.ts';
import { orderedAt, setTo, signedCase } from './history.ts';

openReaders();

/** Every day that is computed from now on, until these are among them: events count below the oldest transaction of the whole server. */
async function computed(...wanted: string[]): Promise<string[]> {
  const days = new Set<string>();
  await expect
    .poll(async () => {
      for (const day of await refreshIndicators(ctx)) days.add(day);
      return wanted.filter((day) => !days.has(day));
    })
    .toEqual([]);
  return [...days].sort();
}
const figure = async (indicator: string, day: string) => {
  const row = await ctx.db
    .selectFrom('indicatorDay')
    .select(['numerator', 'denominator'])
    .where('indicator', '=', indicator)
    .where('day', '=', day)
    .executeTakeFirst();
  return row ? [row.numerator, row.denominator] : undefined;
};
const touch = async (id: string) => {
  const order = await orderRow(id);
  await ctx.db.transaction().execute((trx) => recordEvent(ctx, trx, reader, order, { kind: 'acknowledged' }));
};

describe('a change', () => {
  test('computes anew every day that the order has figures on, and the figures follow it', async () => {
    const id = await signedCase({ ordered: '2025-02-03T09:00', accepted: '2025-02-04T09:00', signed: '2025-02-05T08:30' });
    setTo('2025-02-06T09:00');
    const { id: value } = await raiseCritical(ctx, reader, id, { finding: '气胸' });
    await computed('2025-02-03', '2025-02-04', '2025-02-05', '2025-02-06');
    expect(await figure('read-on-time', '2025-02-05')).toEqual([0, 1]);
    expect(await figure('critical-10', '2025-02-06')).toEqual([0, 1]);
    setTo('2025-02-06T09:05');
    await answerCritical(ctx, doctor, value, { kind: 'acknowledged', readBack: '气胸' });
    await touch(id);
    const days = await computed('2025-02-05', '2025-02-06');
    expect(days, 'the day of its acceptance too').toContain('2025-02-04');
    expect(await figure('read-on-time', '2025-02-05')).toEqual([1, 1]);
    expect(await figure('critical-10', '2025-02-06')).toEqual([1, 1]);
  }); // prettier-ignore

  test('that is committed late is seen when it is, however far the others have gone', async () => {
    const [late, soon] = [await orderedAt('2025-03-03T09:00'), await orderedAt('2025-03-04T09:00')];
    await computed('2025-03-03', '2025-03-04');
    let commit = () => {};
    const held = ctx.db.transaction().execute(async (trx) => {
      const order = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', late)
        .forUpdate()
        .executeTakeFirstOrThrow();
      await recordEvent(ctx, trx, reader, order, { kind: 'input-added' });
      await new Promise<void>((resolve) => (commit = resolve));
    });
    await touch(soon);
    const before = [...(await refreshIndicators(ctx)), ...(await refreshIndicators(ctx))];
    expect(before).not.toContain('2025-03-03');
    commit();
    await held;
    expect(await computed('2025-03-03', '2025-03-04')).toEqual(
      expect.arrayContaining(['2025-03-03', '2025-03-04']),
    );
  });

  test('is on the day that it was here: one minute before and after midnight', async () => {
    await orderedAt('2025-04-07T23:59');
    await orderedAt('2025-04-08T00:00');
    await computed('2025-04-07', '2025-04-08');
    expect([
      await figure('volume.imaging', '2025-04-07'),
      await figure('volume.imaging', '2025-04-08'),
    ]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test('moves the sum of its month', async () => {
    await orderedAt('2025-05-31T23:59');
    await computed('2025-05-31');
    const months = await ctx.db
      .selectFrom('indicatorMonth')
      .select(['month', 'denominator'])
      .where('indicator', '=', 'volume.imaging')
      .where('month', 'in', ['2025-05-01', '2025-06-01'])
      .execute();
    expect(months).toEqual([{ month: '2025-05-01', denominator: 1 }]);
  });

  test('of nothing computes nothing: a quiet county costs nothing', async () => {
    setTo('2026-12-01T09:00');
    await place();
    await computed('2026-12-01');
    await expect.poll(() => refreshIndicators(ctx)).toEqual([]);
    expect(await refreshIndicators(ctx)).toEqual([]);
  });
});
