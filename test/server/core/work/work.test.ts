import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { assignFairly } from '../../../../server/core/work/assignFairly.ts';
import { chestCases, type ChestCases } from '../quality/chestCases.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let cases: ChestCases;
let reader: Client;
let quality: Client;
let head: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  cases = await chestCases(hub);
  [reader, quality, head] = await Promise.all([hub.as('radiologist1'), hub.as('qa1'), hub.as('head1')]);
});
afterAll(() => hub.close());

test('a waiting case goes to the reader on duty with the least work', async () => {
  await cases.signed();
  const order = await cases.ordered();
  const lead = await cases.site('QHRM');
  await sql`delete from roster_shift where duty = 'reporter'`.execute(hub.ctx.db);
  await sql`insert into roster_shift (institution_id, center_kind, staff_id, duty, starts_at, ends_at) select ${lead}, 'imaging', id, 'reporter', ${hub.ctx.clock.now()}::timestamptz - interval '1 hour', ${hub.ctx.clock.now()}::timestamptz + interval '1 hour' from staff where username = 'radiologist1'`.execute(hub.ctx.db); // prettier-ignore
  expect(await assignFairly(hub.ctx)).toBe(0);
  expect((await head.put('/api/work/assignment/imaging', { on: true, mostOpen: 100 })).status).toBe(200);
  expect(await assignFairly(hub.ctx)).toBeGreaterThan(0);
  const given = await hub.ctx.db
    .selectFrom('orders')
    .select('assignedTo')
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow();
  expect(given.assignedTo).not.toBeNull();
  const load = (await quality.get(`/api/work/load?from=${localDate(hub.ctx.clock.now())}&to=${localDate(hub.ctx.clock.now())}`)).body; // prettier-ignore
  expect(load.readers.length).toBeGreaterThan(0);
});

test('a training note is among one’s own at its site, and read there once; other sites do not have it', async () => {
  const note = {
    institutionId: await cases.site(),
    center: 'imaging',
    topic: '胸部摆位',
    body: '吸气后屏气',
  };
  const { id } = (await quality.post('/api/work/notes', note)).body;
  const technician = await hub.as('tech1');
  const own = async (who: Client): Promise<{ id: string; readBy: string | null }[]> =>
    (await who.get('/api/work/notes?mine=true')).body.items;
  expect((await own(technician)).find((row) => row.id === id)?.readBy).toBeNull();
  expect((await own(quality)).some((row) => row.id === id)).toBe(false);
  expect((await reader.post(`/api/work/notes/${id}/read`)).status).toBe(404);
  expect((await technician.post(`/api/work/notes/${id}/read`)).status).toBe(200);
  expect((await technician.post(`/api/work/notes/${id}/read`)).status).toBe(404);
  expect((await own(technician)).find((row) => row.id === id)?.readBy).toBe('周志强');
});

test('a training note to one person is his alone; a person of another site cannot be named', async () => {
  const person = async (username: string) =>
    (await hub.ctx.db.selectFrom('staff').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id; // prettier-ignore
  const note = { institutionId: await cases.site(), center: 'lab', topic: '采血', body: '避免溶血' };
  const write = async (username: string) =>
    quality.post('/api/work/notes', { ...note, staffId: await person(username) });
  expect((await write('radiologist1')).status).toBe(422);
  const { id } = (await write('nurse1')).body;
  const own = async (username: string) =>
    (await (await hub.as(username)).get('/api/work/notes?mine=true')).body.items.some(
      (row: { id: string }) => row.id === id,
    );
  expect(await own('nurse1')).toBe(true);
  expect(await own('tech1')).toBe(false);
});
