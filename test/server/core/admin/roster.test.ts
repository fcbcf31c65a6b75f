import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let head: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  head = await hub.as('head1');
});
afterAll(() => hub.close());

const hours = (count: number) => new Date(hub.ctx.clock.now().getTime() + count * 3_600_000).toISOString();
const shiftOf = async (from: number, to: number) => {
  const { institution_id: institutionId, staff_id: staffId } = await hub.ctx.pool
    .query<{ institution_id: string; staff_id: string }>(
      "select institution_id, id as staff_id from staff where username = 'radiologist1'",
    )
    .then(({ rows: [row] }) => row ?? { institution_id: '', staff_id: '' });
  const made = await head.post('/api/roster', {
    institutionId,
    staffId,
    centerKind: 'imaging',
    duty: 'reporter',
    startsAt: hours(from),
    endsAt: hours(to),
  });
  expect(made.status).toBe(201);
  return String(made.body.id);
};
const stands = async (id: string) =>
  (
    (await head.get(`/api/roster?from=${hours(-48)}&to=${hours(48)}`)).body.items as {
      id: string;
      endsAt: string;
    }[]
  ).find((shift) => shift.id === id);

test('a shift to come is removed, one that runs ends now and stays on record, one that is over stays as it was', async () => {
  const [toCome, running, over] = [await shiftOf(2, 10), await shiftOf(-2, 6), await shiftOf(-20, -10)];
  expect((await head.delete(`/api/roster/${toCome}`)).status).toBe(204);
  expect(await stands(toCome)).toBeUndefined();
  expect((await head.delete(`/api/roster/${running}`)).status).toBe(204);
  expect(Date.parse((await stands(running))?.endsAt ?? '')).toBeLessThanOrEqual(Date.parse(hours(0)));
  expect((await head.delete(`/api/roster/${running}`)).status).toBe(404);
  const before = await stands(over);
  expect((await head.delete(`/api/roster/${over}`)).status).toBe(404);
  expect(await stands(over)).toEqual(before);
  const acts = await hub.ctx.db
    .selectFrom('auditEvent')
    .select('action')
    .where('subjectType', '=', 'roster')
    .where('outcome', '=', 'done')
    .execute();
  expect(acts.map(({ action }) => action).filter((action) => action !== 'roster.add')).toEqual([
    'roster.remove',
    'roster.end',
  ]);
});
