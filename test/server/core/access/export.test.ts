import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub.close());

const list = { list: '影像诊断', form: 'xlsx', rows: 12, reason: '科室月度讨论' };

test('a list with persons leaves by right only, with a reason, bounded and on record', async () => {
  expect((await (await hub.as('radiologist1')).post('/api/exports', list)).status).toBe(403);
  const head = await hub.as('head1');
  expect((await head.post('/api/exports', { ...list, reason: '' })).status).toBe(422);
  expect((await head.post('/api/exports', { ...list, rows: 5_001 })).status).toBe(422);
  const made = await head.post('/api/exports', list);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const row = await hub.ctx.db
    .selectFrom('auditEvent')
    .select(['actorName', 'subjectId', 'detail'])
    .where('action', '=', 'list.export')
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ actorName: '萧正', subjectId: made.body.id, detail: { ...list, named: false } });
});

test('more than fifty names in full need a second person who may export', async () => {
  const head = await hub.as('head1');
  expect((await head.post('/api/exports', { ...list, rows: 50, named: true })).status).toBe(201);
  const many = { ...list, rows: 51, named: true };
  const refused = async (witness?: object) => {
    const { status, body } = await head.post('/api/exports', { ...many, ...(witness && { witness }) });
    return [status, body.type];
  };
  expect(await refused()).toEqual([422, 'witness-needed']);
  expect(await refused({ username: 'qa1', password: 'wrong' })).toEqual([403, 'witness-wrong']);
  expect((await refused({ username: 'head1', password: 'Demo-2026!' }))[0]).toBe(422);
  expect(await refused({ username: 'radiologist1', password: 'Demo-2026!' })).toEqual([
    403,
    'witness-elsewhere',
  ]);
  const agreed = await head.post('/api/exports', {
    ...many,
    witness: { username: 'qa1', password: 'Demo-2026!' },
  });
  expect(agreed.status, JSON.stringify(agreed.body)).toBe(201);
  await expect(
    hub.ctx.db.updateTable('listExport').set({ agreedBy: null }).where('id', '=', agreed.body.id).execute(),
    'also a rule of the database',
  ).rejects.toThrow(/check constraint/);
});
