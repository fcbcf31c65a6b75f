import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM, type Actor } from '../../../../server/core/access/actor.ts';
import { actorOfStaff } from '../../../../server/core/access/actorOfStaff.ts';
import { listOrders, type WorklistQuery } from '../../../../server/core/order/worklist.ts';
import { seedImagingDemo } from '../../../../server/imaging/demo/seedDemo.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let context: TestContext;
const actors: Record<string, Actor> = { system: SYSTEM };
beforeAll(async () => {
  context = await createContext({ county: true });
  await seedImagingDemo(context.ctx);
  for (const username of ['doctor1', 'radiologist1', 'qa1'])
    actors[username] = await actorOfStaff(context.ctx.db, username);
});
afterAll(() => context.close());

/** Every page of a list, two rows at a time. */
async function walk(actor: Actor, query: Omit<WorklistQuery, 'limit'>): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listOrders(context.ctx.db, actor, { ...query, cursor, limit: 2 });
    found.push(...page.items.map((item) => item.orderId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return found;
}

/** What the pages must hold: every order in the table, sorted here and filtered by whom it concerns. */
async function expected(actor: Actor, name?: string): Promise<string[]> {
  const orders = await context.ctx.db.selectFrom('orders').selectAll().execute();
  const own = actor.institutionId;
  const seen = orders.filter(
    (order) =>
      actor.kind === 'system' ||
      actor === actors.qa1 ||
      (actor === actors.radiologist1
        ? order.reportingInstitutionId === own && order.centerKind === 'imaging'
        : order.requestingInstitutionId === own || order.performingInstitutionId === own),
  );
  return seen
    .filter((order) => !name || order.patientName?.startsWith(name))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))
    .map((order) => order.id);
}

test.each(['system', 'doctor1', 'radiologist1', 'qa1'])(
  'the pages of %s hold every order of the scope once, newest first',
  async (who) => {
    const actor = actors[who] as Actor;
    const wanted = await expected(actor);
    expect(wanted.length).toBeGreaterThan(3);
    expect(await walk(actor, { sort: 'newest' })).toEqual(wanted);
  },
);

test.each(['doctor1', 'radiologist1'])(
  'a search by name by %s finds those of the scope, once',
  async (who) => {
    const actor = actors[who] as Actor;
    const orders = await context.ctx.db.selectFrom('orders').select('patientName').execute();
    const initials = new Set(orders.map(({ patientName }) => patientName?.[0] ?? ''));
    for (const initial of initials)
      if (initial)
        expect(await walk(actor, { sort: 'newest', q: initial })).toEqual(await expected(actor, initial));
  },
);
