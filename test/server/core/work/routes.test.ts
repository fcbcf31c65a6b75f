import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let quality: Client, head: Client, tech: Client, nurse: Client, reader: Client;
let liuhe: string, baita: string;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [quality, head, tech, nurse, reader] = (await Promise.all(['qa1', 'head1', 'tech1', 'nurse1', 'radiologist1'].map((name) => hub.as(name)))) as [Client, Client, Client, Client, Client];
  [liuhe, baita] = (await Promise.all(['LIUHE', 'BAITA'].map(site))) as [string, string];
}); // prettier-ignore
afterAll(() => hub?.close());

const site = async (code: string): Promise<string> =>
  (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', code).executeTakeFirstOrThrow()).id; // prettier-ignore
const person = async (username: string): Promise<string> =>
  (await hub.ctx.db.selectFrom('staff').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id; // prettier-ignore

describe('the rule of fair assignment', () => {
  const rules = async () => (await head.get('/api/work/assignment')).body.items as object[];
  const set = (who: Client, center: string, body: object) => who.put(`/api/work/assignment/${center}`, body);

  test('is off for each centre that reads until its head switches it on, which is on record', async () => {
    expect(await rules()).toEqual(
      ['imaging', 'ecg', 'pathology'].map((center) => ({ center, on: false, mostOpen: 6 })),
    );
    expect((await set(head, 'ecg', { on: true, mostOpen: 4 })).body).toEqual({ on: true, mostOpen: 4 });
    expect(await rules()).toContainEqual({ center: 'ecg', on: true, mostOpen: 4 });
    await set(head, 'ecg', { on: false, mostOpen: 4 });
    const audits = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['subjectId', 'detail'])
      .where('action', '=', 'work.assignment')
      .orderBy('seq')
      .execute();
    expect(audits).toEqual([
      { subjectId: 'ecg', detail: { on: true, mostOpen: 4 } },
      { subjectId: 'ecg', detail: { on: false, mostOpen: 4 } },
    ]);
  });

  test('set by two heads at once is one of the two', async () => {
    const answers = await Promise.all(
      [3, 5].map((mostOpen) => set(head, 'pathology', { on: true, mostOpen })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [, , pathology] = (await rules()) as { mostOpen: number }[];
    expect([3, 5]).toContain(pathology?.mostOpen);
    await set(head, 'pathology', { on: false, mostOpen: 6 });
  });

  test.each([
    ['imaging', { on: true }, 422],
    ['imaging', { on: true, mostOpen: 0.5 }, 422],
    ['imaging', { on: true, mostOpen: 101 }, 422],
    ['imaging', { on: 'yes', mostOpen: 6 }, 422],
    ['lab', { on: true, mostOpen: 6 }, 400],
  ])('of %s is not %j', async (center, body, status) => {
    const before = await rules();
    expect((await set(head, center, body)).status).toBe(status);
    expect(await rules()).toEqual(before);
  });

  test('is not for readers to set', async () => {
    expect((await set(reader, 'imaging', { on: true, mostOpen: 6 })).status).toBe(403);
    expect((await reader.get('/api/work/assignment')).status).toBe(403);
  });
});

describe('a training note', () => {
  const note = (more: object = {}) => ({
    institutionId: liuhe,
    center: 'imaging',
    topic: '胸部摆位',
    body: '吸气后屏气',
    ...more,
  });
  const write = async (more?: object) => quality.post('/api/work/notes', note(more));
  const rows = () => hub.ctx.db.selectFrom('trainingNote').select('id').execute();

  test.each([
    [{ topic: ' ' }, 'invalid'],
    [{ topic: 'x'.repeat(121) }, 'invalid'],
    [{ body: '' }, 'invalid'],
    [{ center: 'dental' }, 'invalid'],
    [{ institutionId: NOWHERE }, 'unknown-reference'],
    [{ orderId: NOWHERE }, 'unknown-reference'],
    [{ staffId: NOWHERE }, 'invalid'],
  ])('is not written with %j, and nobody is told', async (more, type) => {
    const before = (await rows()).length;
    const told = async () =>
      (await hub.ctx.db.selectFrom('notification').select('id').where('kind', '=', 'training.note').execute())
        .length;
    const notices = await told();
    const refused = await write(more);
    expect([refused.status, refused.body.type]).toEqual([422, type]);
    expect([(await rows()).length, await told()]).toEqual([before, notices]);
  });

  test('is written by quality, not by readers, and to nobody who has left', async () => {
    expect((await reader.post('/api/work/notes', note())).status).toBe(403);
    const staffId = await person('nurse1');
    const active = (value: boolean) =>
      hub.ctx.db.updateTable('staff').set({ active: value }).where('id', '=', staffId).execute();
    await active(false);
    expect((await write({ staffId })).body.errors[0].code).toBe('staff-of-other-site');
    await active(true);
  });

  test('read by two of its site at once is read by one, who is named', async () => {
    const { id } = (await write()).body as { id: string };
    const answers = await Promise.all([tech, nurse].map((who) => who.post(`/api/work/notes/${id}/read`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const kept = await hub.ctx.db
      .selectFrom('trainingNote')
      .select(['readBy', 'readAt'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect([await person('tech1'), await person('nurse1')]).toContain(kept.readBy);
    expect(kept.readAt).not.toBeNull();
  });

  test('is not read by another site, nor by another than it is for', async () => {
    const other = (await write({ institutionId: baita })).body as { id: string };
    expect((await tech.post(`/api/work/notes/${other.id}/read`)).status).toBe(404);
    const own = (await write({ staffId: await person('nurse1') })).body as { id: string };
    expect((await tech.post(`/api/work/notes/${own.id}/read`)).status).toBe(404);
    expect((await nurse.post(`/api/work/notes/${own.id}/read`)).status).toBe(200);
    expect((await nurse.post(`/api/work/notes/${NOWHERE}/read`)).status).toBe(404);
  });

  test('is among all for quality, the newest first', async () => {
    hub.clock.advance(1);
    const { id } = (await write({ topic: '最新' })).body as { id: string };
    const { items } = (await quality.get('/api/work/notes')).body as { items: { id: string }[] };
    expect(items[0]).toMatchObject({
      id,
      topic: '最新',
      institutionName: '柳河镇卫生院',
      createdBy: '潘慧',
      readBy: null,
    });
    expect(items).toHaveLength((await rows()).length);
    expect((await reader.get('/api/work/notes?mine=maybe')).status).toBe(400);
  });
});

test.each(['/api/work/load', '/api/work/feedback'])('%s asks for days that there are', async (path) => {
  expect((await quality.get(`${path}?from=2026-02-30&to=2026-03-01`)).status).toBe(400);
  expect((await quality.get(path)).status).toBe(400);
  expect((await quality.get(`${path}?from=2026-03-01&to=2026-03-01`)).status).toBe(200);
});
