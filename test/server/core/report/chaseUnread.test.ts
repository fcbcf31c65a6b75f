import { expect, test } from 'vitest';
import type { OrderPriority, OrderStatus } from '../../../../db/types.ts';
import { chaseUnread } from '../../../../server/core/report/chaseUnread.ts';
import { ctx, institution, openCounty, place } from '../county.ts';

openCounty();

async function lyingSince(priority: OrderPriority, minutes: number, status: OrderStatus = 'final') {
  const order = await place({ priority });
  const finalAt = new Date(ctx.clock.now().getTime() - minutes * 60_000);
  await ctx.db.updateTable('orders').set({ status, finalAt }).where('id', '=', order.id).execute();
  return order;
}
const noticesOf = async (orderId: string) =>
  (await ctx.db.selectFrom('notification').select('kind').where('orderId', '=', orderId).execute()).length;
const ticketsOf = (orderId: string) =>
  ctx.db.selectFrom('ticket').selectAll().where('orderId', '=', orderId).execute();

test.each([
  ['emergency', 29, 0, 0],
  ['emergency', 31, 1, 0],
  ['emergency', 61, 1, 1],
  ['urgent', 119, 0, 0],
  ['urgent', 121, 1, 0],
  ['urgent', 241, 1, 1],
  ['routine', 1_439, 0, 0],
  ['routine', 1_441, 1, 0],
  ['routine', 2_881, 1, 1],
] as [OrderPriority, number, number, number][])(
  'an unread %s result after %i minutes: %i reminders, %i tickets, however often it is looked',
  async (priority, minutes, notices, tickets) => {
    const { id } = await lyingSince(priority, minutes);
    await Promise.all([chaseUnread(ctx), chaseUnread(ctx), chaseUnread(ctx)]);
    await chaseUnread(ctx);
    expect(await ticketsOf(id)).toHaveLength(tickets);
    expect(await noticesOf(id)).toBe(notices);
  },
);

test('the ticket is of the site that asked, names the number and no person', async () => {
  const { id, accessionNumber } = await lyingSince('emergency', 90);
  await chaseUnread(ctx);
  const [ticket] = await ticketsOf(id);
  expect(ticket).toMatchObject({
    kind: 'unread',
    institutionId: await institution('LIUHE'),
    centerKind: 'imaging',
    step: 1,
    state: 'open',
    title: `${accessionNumber} 报告未阅读确认`,
  });
});

test.each(['acknowledged', 'void', 'claimed', 'cancelled'] as const)(
  'what is %s is left alone',
  async (status) => {
    const { id } = await lyingSince('emergency', 90, status);
    await chaseUnread(ctx);
    expect([await noticesOf(id), (await ticketsOf(id)).length]).toEqual([0, 0]);
  },
);

test('a corrected result asks to be read again; what is older than the hub has watched is left alone', async () => {
  const corrected = await lyingSince('emergency', 90, 'corrected');
  const old = await lyingSince('emergency', 60 * 30 + 1);
  await chaseUnread(ctx);
  expect((await ticketsOf(corrected.id)).length).toBe(1);
  expect([await noticesOf(old.id), (await ticketsOf(old.id)).length]).toEqual([0, 0]);
});
