import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { place } from './placed.ts';
import { NOWHERE, said, trailOf } from './trail.ts';

let hub: TestHub;
let doctor: Client, stranger: Client, security: Client, quality: Client, nurse: Client, registrar: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, stranger, security, quality, nurse, registrar] = (await Promise.all(
    ['doctor1', 'doctor2', 'security1', 'qa1', 'nurse1', 'registrar1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client, Client, Client];
});
afterAll(() => hub?.close());

let serial = 101;
const known = async (name = '欧阳修') => {
  const idCard = completeIdCard(`32062319810506${(serial += 2)}`);
  const order = await place(doctor, hub, {
    name,
    birthDate: '1981-05-06',
    identifiers: [{ type: 'id-card', value: idCard }],
  });
  const { patientId } = await hub.ctx.db
    .selectFrom('orders')
    .select('patientId')
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow();
  return { idCard, orderId: order.id, patientId: patientId ?? '' };
};
const reason = '昏迷,急诊抢救';
const glass = (client: Client, body: object) => client.post('/api/patients/break-glass', body);
type Opening = Record<string, unknown> & { id: string; reviewedAt: string | null };
const openings = async (client: Client) => (await client.get('/api/access-grants')).body.items as Opening[];

describe('opening a patient without a treatment relation', () => {
  test.each([
    ['without a reason', { reason: undefined }, /^422 invalid reason/],
    ['with a reason of blanks', { reason: '  ' }, /^422 invalid reason/],
    ['for no time', { hours: 0 }, /^422 invalid hours/],
    ['for more than a day', { hours: 25 }, /^422 invalid hours/],
    ['for half an hour', { hours: 0.5 }, /^422 invalid hours/],
    ['of nobody', { idCard: undefined }, /^422 invalid idCard/],
  ])('%s is refused, nothing is opened and nothing stands in the trail', async (_what, more, refusal) => {
    const { idCard, orderId } = await known();
    const { result, rows } = await trailOf(hub, () => glass(stranger, { idCard, reason, ...more }));
    expect(said(result)).toMatch(refusal);
    expect(rows).toEqual([]);
    expect(said(await stranger.get(`/api/orders/${orderId}`))).toBe('404 not-found');
  });

  test('is for clinicians: not for nurses, readers, registrars or administrators', async () => {
    const { idCard } = await known();
    for (const name of [
      'nurse1',
      'tech1',
      'village1',
      'radiologist1',
      'registrar1',
      'qa1',
      'admin1',
      'security1',
    ])
      expect(said(await glass(await hub.as(name), { idCard, reason })), name).toBe('403 forbidden');
  });

  test('is shown to who reviews it, the patient by his first letter, with what was read meanwhile', async () => {
    const { idCard, orderId, patientId } = await known('欧阳修');
    expect(said(await glass(stranger, { idCard, reason, hours: 2 }))).toBe('201');
    await stranger.get(`/api/orders/${orderId}`);
    await stranger.get(`/api/orders/${orderId}`);
    const [newest] = await openings(security);
    expect(newest).toMatchObject({
      kind: 'break-glass',
      reason,
      staffName: '贺春生',
      patientName: '欧**',
      casesRead: 1,
      reviewedAt: null,
      reviewedBy: null,
    });
    expect(JSON.stringify(newest)).not.toMatch(new RegExp(`${idCard}|阳修|${patientId}`));
    const due = Date.parse(String(newest?.reviewDueAt)) - Date.parse(String(newest?.grantedAt));
    expect(due).toBe(3 * 86_400_000);
    for (const client of [doctor, stranger, registrar])
      expect(said(await client.get('/api/access-grants'))).toBe('403 forbidden');
  });

  test('waiting reviews stand first, and one that is done says by whom', async () => {
    const { idCard } = await known();
    const { id } = (await glass(stranger, { idCard, reason })).body;
    expect(said(await quality.post(`/api/access-grants/${id}/review`, { note: ' ' }))).toMatch(
      /^422 invalid note/,
    );
    expect(said(await doctor.post(`/api/access-grants/${id}/review`, { note: '属实' }))).toBe(
      '403 forbidden',
    );
    expect(said(await quality.post(`/api/access-grants/${id}/review`, { note: '抢救属实' }))).toBe('200');
    const list = await openings(quality);
    const states = list.map(({ reviewedAt }) => reviewedAt === null);
    expect(states).toEqual([...states].sort((a, b) => Number(b) - Number(a)));
    expect(list.find((row) => row.id === id)).toMatchObject({ reviewNote: '抢救属实', reviewedBy: '潘慧' });
  });
});

describe('searching patients', () => {
  const search = async (client: Client, q: string) =>
    ((await client.get(`/api/patients?q=${encodeURIComponent(q)}`)).body.items ?? []) as Record<
      string,
      unknown
    >[];

  test('finds those with a case in sight: by name, pinyin, number of the card; masked', async () => {
    const { idCard, patientId } = await known('司马光');
    for (const q of ['司马光', '司马', 'simaguang', idCard, idCard.toLowerCase()]) {
      const found = await search(doctor, q);
      expect(
        found.map(({ id }) => id),
        q,
      ).toContain(patientId);
      expect(JSON.stringify(found), q).not.toContain(idCard);
    }
    expect(await search(stranger, '司马光'), 'of another site').toEqual([]);
    expect(await search(stranger, idCard), 'nor by the number').toEqual([]);
    expect((await search(registrar, '司马光')).length, 'who reads there').toBeGreaterThan(0);
  });

  test('is on record by how many were shown, without what was asked', async () => {
    const { idCard } = await known('王安石');
    const { rows } = await trailOf(hub, () => search(doctor, idCard));
    expect(rows).toMatchObject([{ action: 'patient.search', outcome: 'done', detail: { rows: 1 } }]);
    expect(JSON.stringify(rows)).not.toContain(idCard);
  });

  test('asks for something and shows fifty at most', async () => {
    expect(said(await doctor.get('/api/patients?q=%20'))).toMatch(/^400 invalid q/);
    expect(said(await doctor.get('/api/patients?q=x&limit=51'))).toMatch(/^400 invalid limit/);
    expect(said(await (await hub.as('courier1')).get('/api/patients?q=x'))).toBe('403 forbidden');
  });
});

describe('unmasking', () => {
  test('of a patient without a telephone shows the numbers alone, and each time is on record', async () => {
    const { patientId, idCard } = await known();
    const path = `/api/patients/${patientId}/unmask`;
    const { result, rows } = await trailOf(hub, () => doctor.post(path, { reason: '核对身份' }));
    expect(result.body).toEqual({ phone: null, identifiers: [{ type: 'id-card', value: idCard }] });
    expect(rows).toMatchObject([{ action: 'patient.unmask', patientId, detail: { reason: '核对身份' } }]);
    expect(JSON.stringify(rows)).not.toContain(idCard);
    expect(said(await doctor.post(`/api/patients/${NOWHERE}/unmask`, { reason: '核对身份' }))).toBe(
      '404 not-found',
    );
    expect(said(await nurse.post(path, { reason: '核对身份' }))).toBe('403 forbidden');
  });
});

describe('a link of two records', () => {
  test('stands in the trail of both patients, each step with who decided', async () => {
    const [one, two] = [await known(), await known()];
    const [a, b] = [one.patientId, two.patientId].sort() as [string, string];
    const { id } = await hub.ctx.db
      .insertInto('patientLink')
      .values({ patientId: a, otherPatientId: b, reason: '同名同生日' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const decide = (state: string) => registrar.post(`/api/patient-links/${id}`, { state });
    const { rows } = await trailOf(hub, async () => {
      for (const state of ['rejected', 'linked', 'undone', 'linked'])
        expect(said(await decide(state)), state).toBe('200');
    });
    expect(rows.map(({ action, patientId }) => [action, patientId])).toEqual(
      ['rejected', 'linked', 'undone', 'linked'].flatMap((state) =>
        [a, b].map((patient) => [`patient.${state}`, patient]),
      ),
    );
    expect(rows.every(({ actorName, subjectId }) => actorName === '田甜' && subjectId === id)).toBe(true);
    const [listed] = (await registrar.get('/api/patient-links')).body.items as Record<string, unknown>[];
    expect(listed).toMatchObject({ id, state: 'linked', a: { id: a }, b: { id: b } });
  });

  test('decided by two at once is decided by one', async () => {
    const [one, two] = [await known(), await known()];
    const [a, b] = [one.patientId, two.patientId].sort() as [string, string];
    const { id } = await hub.ctx.db
      .insertInto('patientLink')
      .values({ patientId: a, otherPatientId: b, reason: 'x', state: 'linked' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const undo = () => registrar.post(`/api/patient-links/${id}`, { state: 'undone' });
    expect((await Promise.all([undo(), undo()])).map(said).sort()).toEqual(['200', '409 link-state']);
  });
});
