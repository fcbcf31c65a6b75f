import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Answer, type Client, type TestHub } from '../../../helpers/hub.ts';
import { grant, said, siteOf, staffOf, trailOf } from './trail.ts';

// A head of the ECG centre of the lead hospital, and one of all centres of a township: neither is the county's.
let hub: TestHub;
let head: Client, ecgHead: Client, townHead: Client, duty: Client, quality: Client;
let lead: string, town: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [lead, town] = await Promise.all([siteOf(hub, 'QHRM'), siteOf(hub, 'LIUHE')]);
  const role = 'center-head';
  await grant(hub, {
    staffId: await staffOf(hub, 'cardiologist2'),
    role,
    institutionId: lead,
    centerKind: 'ecg',
  });
  await grant(hub, { staffId: await staffOf(hub, 'doctor1'), role, institutionId: town });
  [head, ecgHead, townHead, duty, quality] = (await Promise.all(
    ['head1', 'cardiologist2', 'doctor1', 'duty1', 'qa1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client, Client];
});
afterAll(() => hub?.close());

/** Refused for want of the right in that centre, without a trace of an act. */
async function forbidden(work: () => Promise<Answer>): Promise<void> {
  const { result, rows } = await trailOf(hub, work);
  expect(said(result)).toMatch(/^403 /);
  expect(rows.filter(({ outcome }) => outcome === 'done')).toEqual([]);
}

describe('the roster', () => {
  const shift = async (
    institutionId: string,
    centerKind?: string,
    span: [string, string] = ['08', '16'],
  ) => ({
    institutionId,
    ...(centerKind && { centerKind }),
    staffId: await staffOf(hub, 'nurse1'),
    duty: 'technician',
    startsAt: `2027-03-01T${span[0]}:00:00Z`,
    endsAt: `2027-03-01T${span[1]}:00:00Z`,
  });
  const count = async () => (await hub.ctx.db.selectFrom('rosterShift').select('id').execute()).length;

  test.each([
    ['the head of one centre', () => ecgHead, () => lead, 'imaging'],
    ['the head of one centre', () => ecgHead, () => lead, undefined],
    ['the head of one centre', () => ecgHead, () => town, 'ecg'],
    ['the head of another house', () => townHead, () => lead, 'ecg'],
    ['the head of another house', () => townHead, () => lead, undefined],
  ])('of others is not made by %s (%#)', async (_who, client, institution, center) => {
    const before = await count();
    const body = await shift(institution(), center);
    await forbidden(() => client().post('/api/roster', body));
    expect(await count()).toBe(before);
  });

  test.each([
    ['the head of one centre for it', () => ecgHead, () => lead, 'ecg'],
    ['the head of a house for one centre', () => head, () => lead, 'lab'],
    ['the head of a house for the house', () => townHead, () => town, undefined],
    ['the duty office for any house', () => duty, () => town, undefined],
    ['the duty office for any centre', () => duty, () => lead, 'pathology'],
  ])('is made by %s', async (_who, client, institution, center) => {
    const made = await client().post('/api/roster', await shift(institution(), center));
    expect(said(made)).toBe('201');
    expect(made.body).toMatchObject({ centerKind: center ?? null, phone: null });
    const gone = await client().delete(`/api/roster/${made.body.id}`);
    expect(said(gone)).toBe('204');
  });

  test('of others is not removed either: it stands as it was', async () => {
    const { id } = (await head.post('/api/roster', await shift(lead, 'imaging'))).body;
    const { id: house } = (await head.post('/api/roster', await shift(lead))).body;
    for (const client of [ecgHead, townHead])
      for (const one of [id, house]) await forbidden(() => client.delete(`/api/roster/${one}`));
    const row = await hub.ctx.db
      .selectFrom('rosterShift')
      .select('endsAt')
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row?.endsAt.toISOString()).toBe('2027-03-01T16:00:00.000Z');
    expect(said(await quality.delete(`/api/roster/${id}`)), 'not by quality staff').toMatch(/^403/);
  });

  test('takes no shift that ends before it starts, for nobody, or of a duty that there is not', async () => {
    const before = await count();
    const post = async (more: object, span?: [string, string]) =>
      said(await head.post('/api/roster', { ...(await shift(lead, undefined, span)), ...more }));
    expect(await post({}, ['16', '08'])).toBe('422 invalid endsAt:ends-before-start');
    expect(await post({}, ['08', '08'])).toBe('422 invalid endsAt:ends-before-start');
    expect(await post({ staffId: '00000000-0000-4000-8000-000000000000' })).toBe('422 unknown-reference');
    expect(await post({ duty: 'porter' })).toMatch(/^422 invalid duty/);
    expect(await post({ startsAt: '2027-03-01' })).toMatch(/^422 invalid startsAt/);
    expect(await count()).toBe(before);
  });

  test('is read by everybody: the span, a house, a centre', async () => {
    await head.post('/api/roster', { ...(await shift(lead, 'lab')), phone: '8001' });
    const nurse = await hub.as('nurse1');
    const read = async (query: string) =>
      (await nurse.get(`/api/roster?from=2027-03-01T10:00:00Z&to=2027-03-01T11:00:00Z${query}`)).body
        .items as object[];
    expect(await read('&center=lab')).toMatchObject([
      { centerKind: 'lab', phone: '8001', staffName: '吴秀兰', institutionName: expect.any(String) },
    ]);
    expect(await read(`&center=lab&institutionId=${town}`)).toEqual([]);
    const after = await nurse.get('/api/roster?from=2027-03-01T16:00:00Z&to=2027-03-02T00:00:00Z&center=lab');
    expect(after.body.items, 'it ends where the span begins').toEqual([]);
    expect(said(await nurse.get('/api/roster?from=2027-03-01T10:00:00Z'))).toMatch(/^400 invalid to/);
  });
});

describe('what is recognised', () => {
  const item = { eligible: false, exceptionNote: '设备停用', validityDays: 0 };
  const stored = (code: string) =>
    hub.ctx.db.selectFrom('recognitionItem').selectAll().where('itemCode', '=', code).executeTakeFirst();
  const evidence = (centerKind: string | null) => ({
    institutionId: town,
    centerKind,
    recognitionRange: 'county',
    evaluator: '县质控中心',
    validFrom: '2026-01-01',
    validTo: '2026-12-31',
    source: 'evaluation',
  });

  test('of one centre is not set by the head of another, nor over all centres', async () => {
    const before = await stored('DR-CHEST');
    await forbidden(() => ecgHead.put('/api/recognition/items/DR-CHEST', item));
    expect(await stored('DR-CHEST')).toEqual(before);
    for (const center of ['imaging', null])
      await forbidden(() => ecgHead.post('/api/recognition/evidence', evidence(center)));
    const { id } = (await head.post('/api/recognition/evidence', evidence('imaging'))).body;
    await forbidden(() => ecgHead.post(`/api/recognition/evidence/${id}/revoke`, { reason: '撤' }));
    const row = await hub.ctx.db
      .selectFrom('qualityEvidence')
      .select('revokedAt')
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ revokedAt: null });
  });

  test('is set by its own head and by quality staff of the county', async () => {
    const own = await ecgHead.put('/api/recognition/items/ECG-12', {
      ...item,
      eligible: true,
      validityDays: 7,
    });
    expect(own.body).toMatchObject({ eligible: true, validityDays: 7, countsFrom: 'examination' });
    expect(said(await ecgHead.post('/api/recognition/evidence', evidence('ecg')))).toBe('201');
    for (const center of ['lab', null])
      expect(said(await quality.post('/api/recognition/evidence', evidence(center)))).toBe('201');
    expect(await stored('ECG-12')).toMatchObject({ updatedBy: await staffOf(hub, 'cardiologist2') });
  });
});

describe('templates and phrases of a centre', () => {
  test('are not written by the head of another, and not changed by taking them over', async () => {
    const template = { center: 'imaging', name: '头颅', content: { findings: '脑实质' }, personal: false };
    await forbidden(() => ecgHead.post('/api/templates', template));
    await forbidden(() =>
      ecgHead.post('/api/phrases', { center: 'imaging', code: 'x', body: 'y', personal: false }),
    );
    const { id } = (await head.post('/api/templates', template)).body;
    await forbidden(() => ecgHead.put(`/api/templates/${id}`, { active: false }));
    expect(
      await hub.ctx.db
        .selectFrom('reportTemplate')
        .select(['active', 'version', 'ownerId'])
        .where('id', '=', id)
        .executeTakeFirst(),
    ).toEqual({ active: true, version: 1, ownerId: null });
  });

  test('changed by two at once have two versions more, and what is not sent stays', async () => {
    const template = { center: 'ecg', name: '常规', modality: 'ECG', bodyPart: 'HEART', content: { a: 1 } };
    const { id } = (await ecgHead.post('/api/templates', template)).body;
    const both = await Promise.all([
      ecgHead.put(`/api/templates/${id}`, { name: '甲' }),
      head.put(`/api/templates/${id}`, { modality: null }),
    ]);
    expect(both.map(said)).toEqual(['200', '200']);
    const row = await hub.ctx.db
      .selectFrom('reportTemplate')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toMatchObject({
      version: 3,
      name: '甲',
      modality: null,
      bodyPart: 'HEART',
      content: { a: 1 },
    });
    const again = await ecgHead.put(`/api/templates/${id}`, { content: { b: 2 }, bodyPart: 'CHEST' });
    expect(again.body).toMatchObject({ version: 4, content: { b: 2 }, bodyPart: 'CHEST' });
    await ecgHead.put(`/api/templates/${id}`, { active: false });
    const list = (await head.get('/api/templates?center=ecg')).body.items as { id: string }[];
    expect(list.map((each) => each.id)).not.toContain(id);
  });

  test('phrases are found by code, pinyin and words; % and _ are letters', async () => {
    for (const [code, body] of [['nd1', '脑电图正常。'], ['x_y', '百分之%五十']] as const)
      await ecgHead.post('/api/phrases', { center: 'ecg', code, body, personal: false }); // prettier-ignore
    const find = async (q: string) =>
      (
        (await ecgHead.get(`/api/phrases?center=ecg&q=${encodeURIComponent(q)}`)).body.items as {
          code: string;
        }[]
      )
        .map(({ code }) => code)
        .filter((code) => ['nd1', 'x_y'].includes(code));
    expect(await find('ND')).toEqual(['nd1']);
    expect(await find('naodian')).toEqual(['nd1']);
    expect(await find('电图')).toEqual(['nd1']);
    expect(await find('%')).toEqual(['x_y']);
    expect(await find('x_')).toEqual(['x_y']);
    expect(await find('x%y')).toEqual([]);
    expect(said(await ecgHead.get('/api/phrases?center=dental'))).toMatch(/^400 invalid center/);
  });
});
