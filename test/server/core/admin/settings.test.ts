import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { NOWHERE, said, siteOf, trailOf } from './trail.ts';

let hub: TestHub;
let admin: Client, head: Client, doctor: Client;
let town: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [admin, head, doctor] = (await Promise.all(['admin1', 'head1', 'doctor1'].map((name) => hub.as(name)))) as [
    Client,
    Client,
    Client,
  ];
  town = await siteOf(hub, 'LIUHE');
});
afterAll(() => hub?.close());

type Row = Record<string, unknown> & { id: string };
const items = async (client: Client, path: string) => (await client.get(path)).body.items as Row[];
/** Refused at its field, with no act on record. */
async function refusedAt(
  work: () => Promise<{ status: number; body: unknown }>,
  refusal: RegExp,
): Promise<void> {
  const { result, rows } = await trailOf(hub, work);
  expect(said(result)).toMatch(refusal);
  expect(rows).toEqual([]);
}

describe('an institution', () => {
  const body = (more: object = {}) => ({
    code: 'SET-1',
    name: '设置镇卫生院',
    shortName: '设置',
    kind: 'township',
    ...more,
  });
  test.each([
    ['a code of small letters', { code: 'set' }, /code/],
    ['a code with a blank', { code: 'S 1' }, /code/],
    ['a code of thirty-three', { code: 'S'.repeat(33) }, /code/],
    ['no name', { name: '  ' }, /name/],
    ['a short name as long as a name', { shortName: '长'.repeat(41) }, /shortName/],
    ['a kind that there is not', { kind: 'clinic' }, /kind/],
    ['a parent that is no id', { parentId: 'x' }, /parentId/],
    ['a credit code of another check digit', { creditCode: '91350100M000100Y44' }, /creditCode:credit-code/],
    ['a duty telephone as long as a letter', { dutyPhone: '1'.repeat(41) }, /dutyPhone/],
  ])('is not made with %s', async (_what, more, field) => {
    await refusedAt(
      () => admin.post('/api/institutions', body(more)),
      new RegExp(`^422 invalid .*${field.source}`),
    );
  });

  test('stands in the list that everybody signed in reads, by kind and code', async () => {
    for (const name of ['courier1', 'regulator1', 'village1'])
      expect((await items(await hub.as(name), '/api/institutions')).length).toBeGreaterThan(100);
    const list = await items(admin, '/api/institutions');
    const keys = list.map(({ kind, code }) => `${kind} ${code}`);
    expect(keys).toEqual([...keys].sort());
    expect((await fetch(`${hub.url}/api/institutions`)).status).toBe(401);
  });

  test('keeps what is not sent when it is changed, and loses what is sent as nothing', async () => {
    const { id } = (await admin.post('/api/institutions', body({ dutyPhone: '0513-1', nameEn: 'Set' }))).body;
    expect((await admin.put(`/api/institutions/${id}`, { shortName: '新设' })).body).toMatchObject({
      shortName: '新设',
      dutyPhone: '0513-1',
      nameEn: 'Set',
    });
    expect(
      (await admin.put(`/api/institutions/${id}`, { dutyPhone: null, creditCode: null })).body,
    ).toMatchObject({
      dutyPhone: null,
    });
    await admin.put(`/api/institutions/${id}`, { active: false });
    const renamed = await admin.put(`/api/institutions/${id}`, { name: '旧镇卫生院' });
    expect(renamed.body, 'one that is closed stays so').toMatchObject({ active: false });
    await refusedAt(() => admin.put(`/api/institutions/${id}`, {}), /^422 invalid :nothing-to-change$/);
    await refusedAt(
      () => admin.put(`/api/institutions/${id}`, { parentId: NOWHERE }),
      /^422 unknown-reference$/,
    );
  });
});

describe('a centre', () => {
  test('is not switched on for nobody or of a kind that there is not; it says whether reports are signed on a phone', async () => {
    await refusedAt(
      () => admin.post('/api/centers', { kind: 'dental', institutionId: town }),
      /^422 invalid kind/,
    );
    await refusedAt(
      () => admin.post('/api/centers', { kind: 'ecg', institutionId: NOWHERE }),
      /^422 unknown-reference$/,
    );
    for (const client of [doctor, head])
      await refusedAt(
        () => client.post('/api/centers', { kind: 'ecg', institutionId: town }),
        /^403 forbidden$/,
      );
    const list = await items(doctor, '/api/centers');
    expect(list).toHaveLength(5);
    expect(list.every(({ phoneSigning }) => typeof phoneSigning === 'boolean')).toBe(true);
  });

  test('keeps its rules in bounds', async () => {
    const [center] = await items(head, '/api/centers');
    for (const rules of [{ claimIdleMinutes: 0 }, { claimIdleMinutes: 1_441 }, { claimIdleMinutes: 1.5 }, { twoPerson: 'yes' }, { dutyPhone: 'x'.repeat(41) }, {}])
      await refusedAt(() => head.put(`/api/centers/${center?.id}`, rules), /^422 invalid/); // prettier-ignore
    expect((await items(head, '/api/centers')).find(({ id }) => id === center?.id)).toEqual(center);
  });
});

describe('an item to order', () => {
  const body = (more: object = {}) => ({ centerKind: 'imaging', code: 'SET-ITEM', name: '膝 DR', nameEn: 'Knee', itemClass: 'xray', ...more }); // prettier-ignore
  test.each([
    ['a code in small letters', { code: 'knee' }, /code/],
    ['no English name', { nameEn: ' ' }, /nameEn/],
    ['a modality in small letters', { modality: 'dx' }, /modality/],
    ['a body part of no standard', { bodyPart: 'Knee' }, /bodyPart/],
    ['a price below nothing', { price: -1 }, /price/],
    ['a class of another centre', { itemClass: 'holter' }, /itemClass:item-class/],
    ['a centre that keeps its own catalogue', { centerKind: 'lab' }, /centerKind/],
  ])('is not made with %s', async (_what, more, field) => {
    await refusedAt(() => admin.post('/api/items', body(more)), new RegExp(`^422 invalid .*${field.source}`));
  });

  test('is read and set by administrator and heads, not by who orders or reads it', async () => {
    for (const client of [
      doctor,
      await hub.as('radiologist1'),
      await hub.as('qa1'),
      await hub.as('security1'),
    ]) {
      expect(said(await client.get('/api/items'))).toBe('403 forbidden');
      await refusedAt(() => client.post('/api/items', body()), /^403 forbidden$/);
      await refusedAt(() => client.put('/api/items/CT-HEAD', { price: 1 }), /^403 forbidden$/);
    }
    expect((await items(admin, '/api/items')).length).toBeGreaterThan(10);
  });

  test('changed keeps its class unless that is sent, and a price may be none', async () => {
    await admin.post('/api/items', body({ price: 50, modality: 'DX', bodyPart: 'KNEE', reportGroup: 'g' }));
    expect((await head.put('/api/items/SET-ITEM', { price: null })).body).toMatchObject({
      price: null,
      itemClass: 'xray',
      modality: 'DX',
      bodyPart: 'KNEE',
      reportGroup: 'g',
    });
    await refusedAt(() => head.put('/api/items/SET-ITEM', {}), /^422 invalid :nothing-to-change$/);
  });
});

describe('a promise of time beside another', () => {
  const wide = async () =>
    (await items(head, '/api/policies')).find(
      (row) =>
        row.validTo === null &&
        row.centerKind === 'imaging' &&
        row.kind === 'service' &&
        row.itemClass === null,
    ) as Row;

  test('takes its warning from the wider one, or a minute before its target where that is shorter', async () => {
    const parent = await wide();
    const add = (itemClass: string, targetMinutes: number) =>
      head.post(`/api/policies/${parent.id}/special`, { name: itemClass, itemClass, targetMinutes });
    const long = await add('us', 10_000);
    expect(long.body.warnMinutes).toBe(parent.warnMinutes);
    const short = await add('other', 3);
    expect(short.body.warnMinutes).toBe(Math.min(Number(parent.warnMinutes), 2));
    const { startEvent, stopEvent } = parent;
    expect(short.body).toMatchObject({ startEvent, stopEvent, kind: 'service', nameEn: null });
    for (const { body } of [long, short])
      expect(said(await head.post(`/api/policies/${body.id}/end`))).toBe('200');
  });

  test('made by two at once is in force once', async () => {
    const parent = await wide();
    const add = () =>
      head.post(`/api/policies/${parent.id}/special`, {
        name: '别类',
        itemClass: 'other',
        targetMinutes: 90,
      });
    const both = await Promise.all([add(), add(), add()]);
    expect(both.map(said).sort()).toEqual(['201', '409 policy-exists', '409 policy-exists']);
    const inForce = (await items(head, '/api/policies')).filter(
      (row) => row.validTo === null && row.itemClass === 'other' && row.name === '别类',
    );
    expect(inForce).toHaveLength(1);
  });

  test('is not made beside one that has ended, nor without a name or a target', async () => {
    const parent = await wide();
    const special = (id: string, body: object) => () => head.post(`/api/policies/${id}/special`, body);
    await refusedAt(special(parent.id, { itemClass: 'us', targetMinutes: 5 }), /^422 invalid name/);
    await refusedAt(special(parent.id, { name: 'x', itemClass: 'us' }), /^422 invalid targetMinutes/);
    await refusedAt(
      special(parent.id, { name: 'x', priority: 'stat', targetMinutes: 5 }),
      /^422 invalid priority/,
    );
    const { body } = await head.post(`/api/policies/${parent.id}/versions`, { warnMinutes: 1 });
    await refusedAt(special(parent.id, { name: 'x', itemClass: 'us', targetMinutes: 5 }), /^404 not-found$/);
    expect(said(await head.post(`/api/policies/${body.id}/end`)), 'a local one may end').toMatch(
      /^(200|409)/,
    );
  });
});

describe('a rule of routing', () => {
  test('is changed as a whole: to another centre, hours and item; a rule that stands is not made twice by a change', async () => {
    const [imaging, ecg] = ['imaging', 'ecg'].map((kind) => kind);
    const centers = await items(admin, '/api/centers');
    const centerId = (kind: string | undefined) => centers.find((each) => each.kind === kind)?.id ?? '';
    const one = await admin.post('/api/routing-rules', { centerId: centerId(imaging), itemCode: 'CT-HEAD' });
    const two = await admin.post('/api/routing-rules', { centerId: centerId(imaging), itemCode: 'CT-CHEST' });
    const path = `/api/routing-rules/${two.body.id}`;
    await refusedAt(
      () => admin.put(path, { centerId: centerId(imaging), itemCode: 'CT-HEAD' }),
      /^409 exists$/,
    );
    await refusedAt(() => admin.put(path, { centerId: NOWHERE }), /^422 invalid centerId:unknown-center$/);
    await refusedAt(() => admin.put(path, { centerId: centerId(ecg), fromTime: '24:00', toTime: '08:00' }), /^422 invalid fromTime/); // prettier-ignore
    await refusedAt(() => admin.put(path, { centerId: centerId(ecg), requestingInstitutionId: NOWHERE }), /^422 unknown-reference$/); // prettier-ignore
    expect(
      (await admin.put(path, { centerId: centerId(ecg), fromTime: '22:00', toTime: '06:00' })).body,
    ).toMatchObject({
      centerKind: 'ecg',
      itemCode: null,
      fromTime: '22:00:00',
      active: true,
    });
    expect((await items(admin, '/api/routing-rules')).find(({ id }) => id === one.body.id)).toMatchObject({
      itemCode: 'CT-HEAD',
      active: true,
    });
  });
});

describe('a token', () => {
  test.each([
    ['without a name', { name: ' ' }, /^422 invalid name/],
    ['for no day', { days: 0 }, /^422 invalid days/],
    ['for half a day', { days: 0.5 }, /^422 invalid days/],
    ['for a verb that there is not', { verbs: ['order.destroy'] }, /^422 invalid verbs\.0/],
    ['for openings of records', { verbs: ['access.review'] }, /^422 invalid verbs\.0/],
    ['for a scope of a person', { scopes: ['patient/*.read'] }, /^422 invalid scopes\.0:fhir-scope$/],
    ['for fifty-one scopes', { scopes: Array(51).fill('system/Patient.rs') }, /^422 invalid scopes/],
  ])('is not made %s', async (_what, more, refusal) => {
    const body = { name: 'HIS', institutionId: town, verbs: ['order.read'], ...more };
    await refusedAt(() => admin.post('/api/tokens', body), refusal);
  });

  test('is revoked once, of two at the same moment', async () => {
    const { id } = (
      await admin.post('/api/tokens', { name: 'HIS', institutionId: town, verbs: ['order.read'] })
    ).body;
    const both = await Promise.all([admin.delete(`/api/tokens/${id}`), admin.delete(`/api/tokens/${id}`)]);
    expect(both.map(said).sort()).toEqual(['204', '404 not-found']);
    for (const client of [doctor, head, await hub.as('security1'), await hub.as('auditor1')])
      expect(said(await client.get('/api/tokens'))).toBe('403 forbidden');
  });
});
