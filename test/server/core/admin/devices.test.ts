import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { said, siteOf, trailOf } from './trail.ts';

let hub: TestHub;
let admin: Client;
let town: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  admin = await hub.as('admin1');
  town = await siteOf(hub, 'LIUHE');
});
afterAll(() => hub?.close());

const add = (more: object = {}) => admin.post('/api/devices', { kind: 'dicom', name: 'CT', ...more });
const change = (id: string, body: object) => admin.put(`/api/devices/${id}`, body);
const row = (id: string) =>
  hub.ctx.db.selectFrom('device').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const FINGERPRINT = 'ab'.repeat(32);

test('a device is admitted for a site only: neither made so, nor let in, nor taken away from its site while it is', async () => {
  const refusal = '422 invalid institutionId:required';
  const { result, rows } = await trailOf(hub, () => add({ aeTitle: 'NOSITE', state: 'admitted' }));
  expect(said(result)).toBe(refusal);
  expect(rows).toEqual([]);
  const { id } = (await add({ aeTitle: 'NOSITE' })).body;
  expect(said(await change(id, { state: 'admitted' }))).toBe(refusal);
  expect(await row(id)).toMatchObject({ state: 'unknown', institutionId: null });
  expect(said(await change(id, { state: 'admitted', institutionId: town }))).toBe('200');
  expect(said(await change(id, { institutionId: null }))).toBe(refusal);
  expect(await row(id)).toMatchObject({ state: 'admitted', institutionId: town });
  expect(said(await change(id, { institutionId: null, state: 'blocked' }))).toBe('200');
  expect(await row(id)).toMatchObject({ state: 'blocked', institutionId: null });
});

test.each([
  ['a kind that there is not', { kind: 'robot' }, 'kind'],
  ['a name of blanks', { name: '  ' }, 'name'],
  ['an AE title of seventeen', { aeTitle: 'A'.repeat(17) }, 'aeTitle'],
  ['an empty AE title', { aeTitle: '' }, 'aeTitle'],
  ['an AE title with a line break', { aeTitle: 'A\nB' }, 'aeTitle'],
  ['a fingerprint of SHA-1', { certificateFingerprint: 'ab'.repeat(20) }, 'certificateFingerprint'],
  ['port nought', { dicomPort: 0 }, 'dicomPort'],
  ['an offset of half a millisecond', { clockOffsetMs: 0.5 }, 'clockOffsetMs'],
  ['a state that there is not', { state: 'trusted' }, 'state'],
  ['a modality as long as a sentence', { modality: 'M'.repeat(17) }, 'modality'],
])('%s is refused by its field', async (_what, more, field) => {
  expect(said(await add(more))).toMatch(new RegExp(`^422 invalid ${field}:`));
});

test('the same caller from the same address is known once, by title or by sender; another address is another', async () => {
  const caller = { aeTitle: 'TWICE', address: '10.0.0.5' };
  expect(said(await add(caller))).toBe('201');
  expect(said(await add(caller))).toBe('409 exists');
  const other = await add({ ...caller, address: '10.0.0.6' });
  expect(said(other)).toBe('201');
  expect(said(await change(other.body.id, { address: '10.0.0.5' }))).toBe('409 exists');
  expect(await row(other.body.id)).toMatchObject({ address: '10.0.0.6' });
  const sender = { kind: 'hl7', hl7Sender: 'HIS|NEW', address: '10.0.0.7' };
  expect([said(await add(sender)), said(await add(sender))]).toEqual(['201', '409 exists']);
});

test('what is not sent stays, what is sent as nothing goes', async () => {
  const { id } = (
    await add({
      institutionId: town,
      aeTitle: 'KEEP',
      address: '10.0.0.8',
      certificateFingerprint: FINGERPRINT,
      clockOffsetMs: -250,
      dicomPort: 104,
    })
  ).body;
  await change(id, { name: 'CT 2', certificateFingerprint: null });
  expect(await row(id)).toMatchObject({
    name: 'CT 2',
    aeTitle: 'KEEP',
    certificateFingerprint: null,
    clockOffsetMs: -250,
    dicomPort: 104,
    state: 'admitted',
  });
  expect(said(await change(id, {}))).toBe('422 invalid :nothing-to-change');
});

test('devices are read by who looks after them and by quality staff, unknown callers first; others do not', async () => {
  await add({ aeTitle: 'STRANGER', name: 'ZZ' });
  for (const username of ['admin1', 'qa1', 'head1']) {
    const list = (await (await hub.as(username)).get('/api/devices')).body.items as { state: string }[];
    const states = list.map(({ state }) => state === 'unknown');
    expect(states, username).toEqual([...states].sort((a, b) => Number(b) - Number(a)));
    expect(states[0]).toBe(true);
  }
  for (const username of ['doctor1', 'security1', 'auditor1', 'regulator1', 'radiologist1'])
    expect(said(await (await hub.as(username)).get('/api/devices')), username).toBe('403 forbidden');
  expect(said(await (await hub.as('qa1')).post('/api/devices', { kind: 'ecg', name: 'x' }))).toBe(
    '403 forbidden',
  );
});
