import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { NOWHERE, said, siteOf, staffOf, trailOf } from './trail.ts';

let hub: TestHub;
let admin: Client, security: Client, head: Client;
let town: string, lead: string, nurse: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [admin, security, head] = (await Promise.all(
    ['admin1', 'security1', 'head1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client];
  [town, lead, nurse] = (await Promise.all([
    siteOf(hub, 'LIUHE'),
    siteOf(hub, 'QHRM'),
    staffOf(hub, 'nurse1'),
  ])) as [string, string, string];
});
afterAll(() => hub?.close());

type Make = [
  who: () => Client,
  path: () => string,
  body: () => Record<string, unknown>,
  action: string,
  subject: string,
];
const MADE: Record<string, Make> = {
  'an institution': [() => admin, () => '/api/institutions', () => ({ code: 'REC-1', name: '记录镇卫生院', shortName: '记录镇', kind: 'township' }), 'institution.create', 'institution'],
  'a centre': [() => admin, () => '/api/centers', () => ({ kind: 'ecg', institutionId: town }), 'center.create', 'center'],
  'a person': [() => admin, () => '/api/staff', () => ({ username: 'rec.one', name: '新人', institutionId: town, password: 'Given-2026!' }), 'staff.create', 'staff'],
  'a device': [() => admin, () => '/api/devices', () => ({ kind: 'ecg', name: '心电图机', institutionId: town }), 'device.create', 'device'],
  'a token': [() => admin, () => '/api/tokens', () => ({ name: 'HIS', institutionId: town, verbs: ['order.read'] }), 'token.create', 'token'],
  'a routing rule': [() => admin, () => '/api/routing-rules', () => ({ centerId: center, itemCode: 'CT-HEAD' }), 'routing.create', 'routing'],
  'a platform': [() => admin, () => '/api/recognition/platforms', () => ({ name: '省平台', baseUrl: 'https://province.example/fhir', token: 'secret-token' }), 'platform.add', 'platform'],
  'a shift': [() => head, () => '/api/roster', () => ({ institutionId: lead, staffId: nurse, duty: 'technician', startsAt: '2027-01-01T00:00:00Z', endsAt: '2027-01-01T08:00:00Z' }), 'roster.add', 'roster'],
  'a template': [() => head, () => '/api/templates', () => ({ center: 'imaging', name: '胸片', content: { findings: '双肺' } }), 'template.create', 'template'],
  'a phrase': [() => head, () => '/api/phrases', () => ({ center: 'imaging', code: 'rec', body: '未见异常。' }), 'phrase.create', 'phrase'],
  'evidence of quality': [() => head, () => '/api/recognition/evidence', () => ({ institutionId: town, recognitionRange: 'county', evaluator: '县质控', validFrom: '2026-01-01', validTo: '2026-12-31', source: 'evaluation' }), 'recognition.evidence', 'quality-evidence'],
}; // prettier-ignore
let center = '';
beforeAll(async () => {
  const { id } = await hub.ctx.db
    .selectFrom('center')
    .select('id')
    .where('kind', '=', 'imaging')
    .executeTakeFirstOrThrow();
  center = id;
});

describe('what is made is on record by its own id, with who made it and from where', () => {
  test.each(Object.entries(MADE))('%s', async (_what, [who, path, body, action, subjectType]) => {
    const { result, rows } = await trailOf(hub, () => who().post(path(), body()));
    expect(result.status, JSON.stringify(result.body)).toBe(201);
    const { name } = (await who().get('/api/session')).body as { name: string };
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      action,
      outcome: 'done',
      actorName: name,
      subjectType,
      subjectId: result.body.id,
      address: expect.stringContaining('127.0.0.1'),
    });
    expect(JSON.stringify(rows), 'and no secret').not.toMatch(/Given-2026|hub_|secret-token|argon2/);
  });

  test.each(Object.entries(MADE))('and %s refused for want of the right is neither made nor on record', async (_what, [, path, body]) => {
    const auditor = await hub.as('auditor1');
    const { result, rows } = await trailOf(hub, () => auditor.post(path(), body()));
    expect(said(result)).toBe('403 forbidden');
    expect(rows).toEqual([]);
  }); // prettier-ignore
});

describe('what is changed is on record by what was sent', () => {
  const changed = async (client: Client, path: string, body: object) => {
    const { result, rows } = await trailOf(hub, () => client.put(path, body));
    expect(result.status, JSON.stringify(result.body)).toBe(200);
    return rows;
  };
  const of = (id: string) => ({ outcome: 'done', subjectId: id });

  test('an institution, a centre, a person, a device', async () => {
    expect(await changed(admin, `/api/institutions/${town}`, { dutyPhone: '0513-1' })).toMatchObject([
      { action: 'institution.change', ...of(town), detail: { dutyPhone: '0513-1' } },
    ]);
    expect(await changed(head, `/api/centers/${center}`, { claimIdleMinutes: 45 })).toMatchObject([
      { action: 'center.change', ...of(center), detail: { claimIdleMinutes: 45 } },
    ]);
    expect(await changed(admin, `/api/staff/${nurse}`, { title: '主管护师' })).toMatchObject([
      { action: 'staff.change', ...of(nurse), detail: { title: '主管护师' } },
    ]);
    const { id } = (await admin.post('/api/devices', { kind: 'dicom', name: 'X', aeTitle: 'REC' })).body;
    expect(await changed(admin, `/api/devices/${id}`, { state: 'blocked' })).toMatchObject([
      { action: 'device.change', ...of(id), detail: { state: 'blocked' } },
    ]);
  });

  test('a new first password says whose, not which', async () => {
    const { result, rows } = await trailOf(hub, () =>
      admin.post(`/api/staff/${nurse}/password`, { password: 'Given-2027!' }),
    );
    expect(result.status).toBe(200);
    expect(rows).toMatchObject([
      { action: 'staff.reset-password', subjectType: 'staff', ...of(nurse), detail: {} },
    ]);
  });

  test('a right given and taken stands with the person whose it is', async () => {
    const role = { role: 'courier', institutionId: town, centerKind: 'lab' };
    const given = await trailOf(hub, () => security.post(`/api/staff/${nurse}/roles`, role));
    expect(given.rows).toMatchObject([
      { action: 'security.grant', subjectType: 'staff', ...of(nurse), detail: role },
    ]);
    const taken = await trailOf(hub, () => security.delete(`/api/staff-roles/${given.result.body.id}`));
    expect(taken.rows).toMatchObject([
      { action: 'security.revoke', subjectType: 'staff', ...of(nurse), detail: role },
    ]);
  });

  test('a shift that is removed stands in the trail as it was', async () => {
    const shift = {
      institutionId: lead,
      staffId: nurse,
      duty: 'technician',
      centerKind: 'lab',
      startsAt: '2027-02-01T00:00:00.000Z',
      endsAt: '2027-02-01T08:00:00.000Z',
    };
    const { id } = (await head.post('/api/roster', shift)).body;
    const { rows } = await trailOf(hub, () => head.delete(`/api/roster/${id}`));
    expect(rows).toMatchObject([
      { action: 'roster.remove', subjectType: 'roster', subjectId: id, detail: shift },
    ]);
  });
});

describe('what is not there', () => {
  test.each([
    ['put', 'institutions/ID', { name: 'x' }, () => admin],
    ['put', 'centers/ID', { active: false }, () => admin],
    ['put', 'staff/ID', { title: 'x' }, () => admin],
    ['post', 'staff/ID/password', { password: 'Given-2027!' }, () => admin],
    ['put', 'devices/ID', { name: 'x' }, () => admin],
    ['delete', 'tokens/ID', undefined, () => admin],
    ['put', 'recognition/platforms/ID', { name: 'x', baseUrl: 'https://x.example' }, () => admin],
    ['delete', 'staff-roles/ID', undefined, () => security],
    ['delete', 'staff/ID/totp', undefined, () => security],
    ['delete', 'roster/ID', undefined, () => head],
    ['put', 'templates/ID', { name: 'x' }, () => head],
    ['put', 'phrases/ID', { code: 'x' }, () => head],
    ['delete', 'phrases/ID', undefined, () => head],
    ['put', 'critical-rules/ID', { active: false }, () => head],
    ['post', 'policies/ID/versions', { targetMinutes: 30 }, () => head],
    ['post', 'policies/ID/special', { name: 'x', targetMinutes: 30, itemClass: 'us' }, () => head],
    ['post', 'policies/ID/end', {}, () => head],
    ['put', 'recognition/items/NOTHING', { eligible: true, validityDays: 3 }, () => head],
    ['post', 'recognition/evidence/ID/revoke', { reason: 'x' }, () => head],
    ['put', 'items/NOTHING', { price: 1 }, () => head],
    ['post', 'access-grants/ID/review', { note: '属实' }, () => security],
    ['delete', 'calendars/ID/days/2027-01-01', undefined, () => head],
  ] as const)('%s %s is 404 and leaves no row', async (method, path, body, who) => {
    const at = `/api/${path.replace('ID', NOWHERE)}`;
    const { result, rows } = await trailOf(hub, () =>
      method === 'delete' ? who().delete(at) : who()[method](at, body),
    );
    expect(said(result)).toBe('404 not-found');
    expect(rows).toEqual([]);
  });

  test('and a rule for a centre that is not there says which field', async () => {
    const { result, rows } = await trailOf(hub, () =>
      admin.put(`/api/routing-rules/${NOWHERE}`, { centerId: center }),
    );
    expect(said(result)).toBe('404 not-found');
    expect(rows).toEqual([]);
  });
});
