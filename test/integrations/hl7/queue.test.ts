import { afterAll, beforeAll, expect, test } from 'vitest';
import { alarms } from '../../../integrations/hl7/browser/alarms.ts';
import { watchAlarms } from '../../../integrations/hl7/browser/watchAlarms.ts';
import { Processor } from '../../../integrations/hl7/inbound/processor.ts';
import { MessageQueue } from '../../../integrations/hl7/inbound/queue.ts';
import { Journal } from '../../../integrations/hl7/journal.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { orm } from './helpers.ts';

let context: TestContext;
let journal: Journal;
beforeAll(async () => {
  context = await createContext({ county: true });
  journal = new Journal(context.ctx);
});
afterAll(async () => {
  await journal?.close();
  await context?.close();
});

/** Stores a message as a connection does, without anybody processing it. */
async function arrive(control: string, key: string, text: string): Promise<void> {
  const device = await context.ctx.db
    .selectFrom('device')
    .select(['id', 'institutionId'])
    .where('hl7Sender', '=', 'HIS|LIUHE')
    .executeTakeFirstOrThrow();
  await journal.store({
    deviceId: device.id,
    institutionId: device.institutionId,
    sender: 'HIS|LIUHE',
    wire: 'mllp',
    address: '127.0.0.1',
    controlId: control,
    messageType: 'ORM',
    triggerEvent: 'O01',
    orderingKey: key,
    charset: 'utf-8',
    warnings: [],
    bytes: Buffer.from(text),
  });
}
const states = async () =>
  (await context.ctx.db.selectFrom('hl7Message').select(['controlId', 'state']).orderBy('id').execute()).map(
    (row) => `${row.controlId} ${row.state}`,
  );
const queue = () => new MessageQueue(context.ctx, new Processor(context.ctx));

test('two processes work one queue off: each message once, new before change before cancel', async () => {
  for (let n = 0; n < 3; n++)
    for (const order of ['NW', 'XO', 'CA'])
      await arrive(
        `Q${n}${order}`,
        `QP${n}`,
        orm({ placer: `Q${n}`, control: `Q${n}${order}`, order, items: ['ECG-12'] }),
      );
  const both = [queue(), queue()];
  for (let rounds = 0; (await states()).some((one) => one.endsWith('received')); rounds++) {
    expect(rounds).toBeLessThan(50);
    await Promise.all(both.map((one) => one.drain()));
  }
  expect((await states()).filter((one) => !one.endsWith(' accepted'))).toEqual([]);
  const orders = await context.ctx.db
    .selectFrom('orders')
    .select(['placerOrderNumber', 'status'])
    .where('placerOrderNumber', 'like', 'Q%')
    .execute();
  expect(orders).toHaveLength(3);
  expect(new Set(orders.map((row) => row.status))).toEqual(new Set(['cancelled']));
});

test('a message that has to be tried later holds its own key and nothing else', async () => {
  await arrive('W1', 'WP1', orm({ placer: 'W1', control: 'W1', items: ['ECG-12'] }));
  await arrive('W2', 'WP1', orm({ placer: 'W1', control: 'W2', order: 'CA', items: [] }));
  await arrive('W3', 'WP2', orm({ placer: 'W3', control: 'W3', items: ['ECG-12'] }));
  await context.ctx.db
    .updateTable('hl7Message')
    .set({ nextAt: new Date(context.clock.now().getTime() + 60_000) })
    .where('controlId', '=', 'W1')
    .execute();
  expect(await queue().drain()).toBe(1);
  expect((await states()).slice(-3)).toEqual(['W1 received', 'W2 received', 'W3 accepted']);
  context.clock.advance(2);
  expect(await queue().drain()).toBe(2);
  expect((await states()).slice(-3)).toEqual(['W1 accepted', 'W2 accepted', 'W3 accepted']);
});

test('receiving comes first: while messages arrive the queue slows down and does not stop', async () => {
  await arrive('G1', 'GP1', orm({ placer: 'G1', control: 'G1', items: ['ECG-12'] }));
  let asked = 0;
  const slowed = new MessageQueue(context.ctx, new Processor(context.ctx), {
    arriving: () => asked++ >= 0,
    giveWayMs: 20,
  });
  expect(await slowed.drain()).toBe(1);
  expect(asked).toBeGreaterThan(1);
});

test('an alarm is opened and told once, and closed when it is over', async () => {
  const { ctx } = context;
  await ctx.db
    .updateTable('hl7Message')
    .set({ state: 'resolved' })
    .where('state', '<>', 'accepted')
    .execute();
  await ctx.db
    .updateTable('device')
    .set({ silentMinutes: 10, lastSeenAt: new Date(ctx.clock.now().getTime() - 11 * 60_000) })
    .where('hl7Sender', '=', 'HIS|LIUHE')
    .execute();
  expect(await watchAlarms(ctx)).toEqual({ opened: 1, closed: 0 });
  expect(await watchAlarms(ctx)).toEqual({ opened: 0, closed: 0 });
  const told = () =>
    ctx.db
      .selectFrom('streamEvent')
      .select(['kind', 'data'])
      .where('kind', 'like', 'hl7.alarm%')
      .orderBy('seq')
      .execute();
  expect(await told()).toMatchObject([
    { kind: 'hl7.alarm', data: { alarm: 'silent', subject: 'HIS|LIUHE' } },
  ]);
  // 0 = never; a sender without a limit of its own is silent only at hours in which it usually speaks.
  for (const silentMinutes of [0, null]) {
    await ctx.db
      .updateTable('device')
      .set({ silentMinutes, lastSeenAt: new Date(ctx.clock.now().getTime() - 70 * 60_000) })
      .where('hl7Sender', '=', 'HIS|LIUHE')
      .execute();
    expect((await alarms(ctx.db, ctx.clock.now())).silent).toEqual([]);
  }
  expect(await watchAlarms(ctx)).toEqual({ opened: 0, closed: 1 });
  expect((await told()).map((row) => row.kind)).toEqual(['hl7.alarm', 'hl7.alarm-over']);

  await arrive('A1', 'AP1', orm({ placer: 'A1', control: 'A1' }));
  context.clock.advance(6);
  expect((await alarms(ctx.db, ctx.clock.now())).queues).toMatchObject([
    { name: 'HIS|LIUHE', direction: 'in', waiting: 1 },
  ]);
});
