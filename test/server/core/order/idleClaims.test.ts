import { afterAll, beforeAll, expect, test } from 'vitest';
import { returnIdleClaims } from '../../../../server/core/order/returnIdleClaims.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let tech: Client;
let reader: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [tech, reader] = (await Promise.all(['tech1', 'cardiologist1'].map((name) => hub.as(name)))) as [
    Client,
    Client,
  ];
});
afterAll(() => hub.close());

const staff = async (username: string): Promise<string> =>
  (
    await hub.ctx.db
      .selectFrom('staff')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow()
  ).id;

test('a claim that idles goes to the next reader on duty, and to the pool when nobody is left', async () => {
  const stray = await fetch(`${hub.url}/api/ecg/recordings`, {
    method: 'POST',
    headers: { cookie: tech.cookie, origin: hub.url, 'content-type': 'application/octet-stream' },
    body: '%PDF-1.4\n%%EOF',
  });
  expect(stray.status).toBe(201);
  const orderId = ((await stray.json()) as { join: { orderId: string } }).join.orderId;
  const order = await hub.ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
  const [first, second] = [await staff('cardiologist1'), await staff('cardiologist2')];
  const now = hub.ctx.clock.now().getTime();
  await hub.ctx.db.deleteFrom('rosterShift').execute();
  await hub.ctx.db
    .insertInto('rosterShift')
    .values(
      [first, second].map((staffId) => ({
        institutionId: order.reportingInstitutionId,
        centerKind: 'ecg' as const,
        staffId,
        duty: 'reporter',
        startsAt: new Date(now - 3_600_000),
        endsAt: new Date(now + 3 * 3_600_000),
      })),
    )
    .execute();
  expect((await reader.post(`/api/orders/${orderId}/claim`)).status).toBe(200);
  const backdate = (column: 'claimActiveAt' | 'assignedAt') =>
    hub.ctx.db
      .updateTable('orders')
      .set({ [column]: new Date(now - 2 * 3_600_000) })
      .where('id', '=', orderId)
      .execute();
  const state = () =>
    hub.ctx.db
      .selectFrom('orders')
      .select(['status', 'claimedBy', 'assignedTo'])
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();

  await backdate('claimActiveAt');
  await returnIdleClaims(hub.ctx);
  // whoever let it lie is passed over
  expect(await state()).toEqual({ status: 'received', claimedBy: null, assignedTo: second });

  await backdate('assignedAt');
  await returnIdleClaims(hub.ctx);
  expect(await state()).toEqual({ status: 'received', claimedBy: null, assignedTo: null });
  const events = await hub.ctx.db
    .selectFrom('orderEvent')
    .select(['kind', 'reason'])
    .where('orderId', '=', orderId)
    .where('kind', 'in', ['released', 'assigned', 'unassigned'])
    .orderBy('seq')
    .execute();
  expect(events).toEqual([
    { kind: 'released', reason: 'idle' },
    { kind: 'assigned', reason: 'on-duty' },
    { kind: 'unassigned', reason: 'not-opened' },
  ]);
});
