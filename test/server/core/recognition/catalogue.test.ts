import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { NOWHERE, said, siteOf, trailOf } from '../admin/trail.ts';

let hub: TestHub;
let head: Client, admin: Client, doctor: Client, quality: Client;
let town: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [head, admin, doctor, quality] = (await Promise.all(
    ['head1', 'admin1', 'doctor1', 'qa1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client];
  town = await siteOf(hub, 'LIUHE');
});
afterAll(() => hub?.close());

const NAMES_OF_PERSONS = /萧正|潘慧|蔡工/;
const page = async () => (await fetch(`${hub.url}/recognition`)).text();

describe('the catalogue of recognised items', () => {
  const put = (code: string, body: object) => head.put(`/api/recognition/items/${code}`, body);
  const item = async (code: string) =>
    (
      (await (await fetch(`${hub.url}/api/recognition/items`)).json()) as { items: { itemCode: string }[] }
    ).items.find(({ itemCode }) => itemCode === code);

  test('is read by everybody; an exception stands there with its reason and on the public page', async () => {
    const saved = await put('CT-HEAD', { eligible: false, exceptionNote: ' <设备停用> ', validityDays: 0 });
    expect(said(saved)).toBe('200');
    expect(await item('CT-HEAD')).toMatchObject({
      eligible: false,
      exceptionNote: '<设备停用>',
      validityDays: 0,
    });
    const html = await page();
    expect(html).toContain('否 no:&#60;设备停用&#62;');
    expect(html).not.toMatch(/<设备停用>/);
    expect(html).not.toMatch(NAMES_OF_PERSONS);
  });

  test('takes an item into it that was not there, and counts its days as it is told', async () => {
    await hub.ctx.db.deleteFrom('recognitionItem').where('itemCode', '=', 'US-ABDOMEN').execute();
    const saved = await put('US-ABDOMEN', { eligible: true, validityDays: 3_650, countsFrom: 'report' });
    expect(saved.body).toMatchObject({ itemCode: 'US-ABDOMEN', countsFrom: 'report', exceptionNote: null });
    expect(await page()).toContain('3650 天(自报告起)3650 d');
  });

  test.each([
    ['an exception without a reason', { eligible: false, validityDays: 3 }, '422 invalid exceptionNote:required'],
    ['an exception of blanks', { eligible: false, exceptionNote: ' ', validityDays: 3 }, '422 invalid exceptionNote:required'],
    ['days before none', { eligible: true, validityDays: -1 }, '422 invalid validityDays:too_small'],
    ['more than ten years', { eligible: true, validityDays: 3_651 }, '422 invalid validityDays:too_big'],
    ['half a day', { eligible: true, validityDays: 0.5 }, /^422 invalid validityDays/],
    ['a count from the order', { eligible: true, validityDays: 3, countsFrom: 'order' }, /^422 invalid countsFrom/],
  ])('does not take %s, and keeps what stood', async (_what, body, refusal) => {
    const before = await item('DR-CHEST');
    const { result, rows } = await trailOf(hub, () => put('DR-CHEST', body));
    expect(said(result)).toMatch(typeof refusal === 'string' ? new RegExp(`^${refusal}$`) : refusal);
    expect([await item('DR-CHEST'), rows]).toEqual([before, []]);
  }); // prettier-ignore

  test('is changed by heads and quality staff only', async () => {
    for (const client of [doctor, admin, await hub.as('radiologist2'), await hub.as('regulator1')])
      expect(
        said(await client.put('/api/recognition/items/DR-CHEST', { eligible: true, validityDays: 1 })),
      ).toBe('403 forbidden');
    expect(
      said(await quality.put('/api/recognition/items/DR-CHEST', { eligible: true, validityDays: 14 })),
    ).toBe('200');
  });
});

describe('evidence of quality', () => {
  const valid = () => ({
    institutionId: town,
    centerKind: 'imaging',
    recognitionRange: 'city',
    evaluator: '市影像质控中心 <2026>',
    validFrom: '2026-01-01',
    validTo: '2027-12-31',
    source: 'certificate',
    documentAddress: 'a'.repeat(64),
  });
  const post = (more: object = {}) => head.post('/api/recognition/evidence', { ...valid(), ...more });
  const listed = async (id: string) =>
    (
      (await (await fetch(`${hub.url}/api/recognition/evidence`)).json()) as { items: { id: string }[] }
    ).items.find((row) => row.id === id);

  test('stands on the public page with evaluator and span, until it is revoked', async () => {
    const { id } = (await post()).body;
    expect(await listed(id)).toMatchObject({
      recognitionRange: 'city',
      revokedAt: null,
      centerKind: 'imaging',
    });
    expect(await page()).toContain('市影像质控中心 &#60;2026&#62;');
    expect(said(await head.post(`/api/recognition/evidence/${id}/revoke`, { reason: ' ' }))).toMatch(/^422/);
    expect(
      (await head.post(`/api/recognition/evidence/${id}/revoke`, { reason: '飞检不合格' })).body,
    ).toMatchObject({
      revokeReason: '飞检不合格',
    });
    expect(said(await head.post(`/api/recognition/evidence/${id}/revoke`, { reason: '再次' })), 'once').toBe(
      '404 not-found',
    );
    expect(await page()).not.toContain('市影像质控中心');
    expect(await listed(id), 'the record stays').toMatchObject({ revokeReason: '飞检不合格' });
  });

  test('that has ended or has not begun is not on the public page', async () => {
    await post({ evaluator: '已过期', validFrom: '2020-01-01', validTo: '2020-12-31' });
    await post({ evaluator: '未生效', validFrom: '2090-01-01', validTo: '2090-12-31' });
    expect(await page()).not.toMatch(/已过期|未生效/);
  });

  test.each([
    ['that ends before it begins', { validTo: '2025-12-31' }, /^422 invalid validTo:period$/],
    ['of no site', { institutionId: NOWHERE }, /^422 unknown-reference$/],
    ['of no item', { itemCode: 'NOTHING' }, /^422 unknown-reference$/],
    ['of a range that there is not', { recognitionRange: 'world' }, /^422 invalid recognitionRange/],
    ['by nobody', { evaluator: ' ' }, /^422 invalid evaluator/],
    ['on a day that is none', { validFrom: '2026-02-30' }, /^422 invalid validFrom/],
    ['of a source that there is not', { source: 'hearsay' }, /^422 invalid source/],
    ['with an address that is no hash', { documentAddress: '../../etc' }, /^422 invalid documentAddress/],
  ])('%s is not entered', async (_what, more, refusal) => {
    const { result, rows } = await trailOf(hub, () => post(more));
    expect(said(result)).toMatch(refusal);
    expect(rows).toEqual([]);
  });

  test('of one day counts', async () => {
    expect(said(await post({ validFrom: '2026-05-01', validTo: '2026-05-01', documentAddress: null }))).toBe(
      '201',
    );
  });
});

describe('another platform', () => {
  const post = (more: object = {}) =>
    admin.post('/api/recognition/platforms', {
      name: '市平台',
      baseUrl: 'https://city.example/fhir',
      ...more,
    });
  const stored = (id: string) =>
    hub.ctx.db.selectFrom('recognitionPlatform').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  test('keeps its token sealed: it is never told again, stays when not sent, and goes when sent as nothing', async () => {
    const { id } = (await post({ token: 'a-long-secret' })).body;
    const sealed = (await stored(id)).tokenEncrypted ?? '';
    expect(sealed).not.toContain('a-long-secret');
    expect(hub.ctx.keys.decrypt(sealed)).toBe('a-long-secret');
    const change = (more: object) =>
      admin.put(`/api/recognition/platforms/${id}`, {
        name: '市平台',
        baseUrl: 'https://city.example/r4',
        ...more,
      });
    await change({ recognizedAs: 'city' });
    expect((await stored(id)).tokenEncrypted).toBe(sealed);
    const list = await admin.get('/api/recognition/platforms');
    expect(list.body.items).toMatchObject([{ id, hasToken: true, recognizedAs: 'city', active: true }]);
    expect(JSON.stringify(list.body)).not.toMatch(/secret|Encrypted/);
    for (const token of ['', null]) {
      await change({ token });
      expect((await stored(id)).tokenEncrypted).toBeNull();
    }
    const trail = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', 'like', 'platform.%')
      .execute();
    expect(JSON.stringify(trail)).not.toContain('a-long-secret');
  });

  test.each([
    ['of a name that is taken', {}, '409 exists'],
    ['without a name', { name: ' ' }, '422 invalid name:required'],
    ['of an address that is none', { name: 'B', baseUrl: 'city' }, /^422 invalid baseUrl/],
    ['of a file', { name: 'B', baseUrl: 'file:///etc/passwd' }, /^422 invalid baseUrl/],
    ['of the county itself', { name: 'B', recognizedAs: 'county' }, /^422 invalid recognizedAs/],
  ])('%s is not added', async (_what, more, refusal) => {
    const answer = said(await post(more));
    if (typeof refusal === 'string') expect(answer).toBe(refusal);
    else expect(answer).toMatch(refusal);
  });

  test('is kept by the system administrator alone', async () => {
    for (const client of [head, doctor, quality, await hub.as('security1')]) {
      expect(said(await client.get('/api/recognition/platforms'))).toBe('403 forbidden');
      expect(
        said(await client.post('/api/recognition/platforms', { name: 'x', baseUrl: 'https://x.example' })),
      ).toBe('403 forbidden');
    }
  });
});

describe('figures and the prompts behind them', () => {
  const span = 'from=2026-01-01&to=2026-12-31';
  test.each([
    ['regulator1', 'site', '200'],
    ['regulator1', 'clinician', '403 forbidden'],
    ['qa1', 'clinician', '200'],
    ['doctor1', 'site', '403 forbidden'],
    ['admin1', 'site', '403 forbidden'],
  ])('%s reads figures by %s: %s', async (username, by, answer) => {
    const client = await hub.as(username);
    expect(said(await client.get(`/api/recognition/figures?${span}&by=${by}`))).toBe(answer);
  });

  test('name patients to quality staff only, and the list is on record with its query', async () => {
    for (const username of ['regulator1', 'doctor1', 'auditor1'])
      for (const path of ['prompts', 'past-prompts'])
        expect(said(await (await hub.as(username)).get(`/api/recognition/${path}?${span}`))).toBe(
          '403 forbidden',
        );
    const { result, rows } = await trailOf(hub, () =>
      quality.get(`/api/recognition/prompts?${span}&by=item&decision=none&limit=5`),
    );
    expect(said(result)).toBe('200');
    expect(rows).toMatchObject([
      { action: 'recognition.prompts', detail: { by: 'item', decision: 'none', limit: 5 } },
    ]);
    expect(said(await quality.get(`/api/recognition/prompts?${span}&reason=boredom`))).toMatch(
      /^400 invalid reason/,
    );
    expect(said(await quality.get('/api/recognition/figures?from=2026-01-01'))).toMatch(/^400 invalid to/);
  });
});
