import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, PUBLIC, type Actor } from '../../../../server/core/access/actor.ts';
import { hashToken } from '../../../../server/core/access/token.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { protectPatient } from '../../../../server/core/patient/protectPatient.ts';
import { createShare, shareHash } from '../../../../server/core/share/createShare.ts';
import { listShares, readSharedResults } from '../../../../server/core/share/listShares.ts';
import { openShare, shareOfToken } from '../../../../server/core/share/openShare.ts';
import { revokeShare } from '../../../../server/core/share/revokeShare.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import {
  as,
  auditOf,
  county,
  ctx,
  doctor,
  head,
  institution,
  openReaders,
  place,
  refusal,
  refused,
} from '../county.ts';
import { signedCase } from '../signedCase.ts';

openReaders();

const card = completeIdCard('32062119720518109');
const byCard = {
  name: '分享甲',
  sex: 'M',
  birthDate: '1972-05-18',
  identifiers: [{ type: 'id-card', value: card }],
};
let film: Order;
let other: Order;
beforeAll(async () => {
  film = await signedCase({ patient: byCard });
  other = await signedCase();
});

const input = (more: object = {}) => ({
  orderIds: [film.id],
  days: 7,
  purpose: '外院就诊',
  consentBy: '本人',
  withImages: true,
  withPackage: true,
  ...more,
});
const make = (more: object = {}, actor: Actor = doctor) => createShare(ctx, actor, input(more));
const hospital = { hospital: '省人民医院', person: '李医生' };
const from: Actor = { ...PUBLIC, address: '203.0.113.7', requestId: 'r1' };
const open = (code: string, factor = card.slice(-4)) => openShare(ctx, from, { code, factor, ...hospital });
const row = (id: string) =>
  ctx.db.selectFrom('patientShare').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const shares = () => ctx.db.selectFrom('patientShare').select('id').execute();

describe('a code', () => {
  test('is kept as a keyed hash beside one of what the patient knows; neither is in the table or the trail', async () => {
    const { id, code, url, qrSvg, expiresAt } = await make();
    const stored = await row(id);
    expect(stored).toMatchObject({
      patientId: film.patientId,
      createdBy: doctor.id,
      institutionId: doctor.institutionId,
      codeHash: shareHash(ctx, code),
      factor: 'id-last-4',
      expiresAt,
      opened: 0,
    });
    expect(expiresAt.getTime() - stored.createdAt.getTime()).toBe(7 * 86_400_000);
    expect(url).toBe(`http://127.0.0.1:0/share#${code.replaceAll('-', '')}`);
    expect(qrSvg).toMatch(/^<svg/);
    const plain = code.replaceAll('-', '');
    expect(JSON.stringify([stored, await auditOf(id)])).not.toMatch(
      new RegExp(`${plain}|${code}|${card.slice(-4)}"`),
    );
    expect(await auditOf(id)).toMatchObject([
      {
        action: 'share.create',
        actorName: doctor.name,
        patientId: film.patientId,
        detail: { orders: 1, purpose: '外院就诊', consentBy: '本人' },
      },
    ]);
  });

  test('is read as people write it: small letters, other gaps, O for 0, I and L for 1', () => {
    const hash = shareHash(ctx, '01AB-CDEF-GH01-2345');
    for (const typed of ['01abcdefgh012345', 'oI ab cdef ghOl 2345', '01AB.CDEF.GHOL.2345'])
      expect(shareHash(ctx, typed), typed).toBe(hash);
    for (const wrong of ['01AB-CDEF-GH01-2346', '01AB-CDEF-GH01-234', ''])
      expect(shareHash(ctx, wrong)).not.toBe(hash);
  });

  test('is another each time, and each is worth as much', async () => {
    const made = await Promise.all([make(), make(), make()]);
    expect(new Set(made.map(({ code }) => code)).size).toBe(3);
    for (const { code } of made) expect((await open(code)).token).toHaveLength(43);
  });
});

describe('a share', () => {
  test.each([
    ['of two patients', async () => make({ orderIds: [film.id, other.id] }, head), 'one-patient'],
    ['of an order without a result', async () => make({ orderIds: [(await place()).id] }), 'share-unsigned'],
  ])('%s is not made', async (_what, work, code) => {
    const before = await shares();
    expect(await refusal(work())).toMatchObject({ status: 422, faults: [{ path: 'orderIds', code }] });
    expect(await shares()).toEqual(before);
  });

  test('is made of cases in sight only, by a person only', async () => {
    const before = await shares();
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(make({ orderIds: [film.id, nowhere] }))).toBe('404 not-found');
    expect(await refused(make({}, await as('doctor2')))).toBe('404 not-found');
    const his = machineActor('HIS', 'm', await institution('LIUHE'), ['report.acknowledge', 'order.read']);
    expect(await refused(make({}, his))).toBe('403 forbidden');
    expect(await shares()).toEqual(before);
  });

  test('asks for the birth date of who has no ID card, and is not made for who has neither', async () => {
    const { id, code, factor } = await make({ orderIds: [other.id] });
    expect([factor, (await row(id)).factor]).toEqual(['birth-date', 'birth-date']);
    expect(await refused(open(code, '19900204'))).toBe('403 share-refused');
    expect((await open(code, '1990-02-03')).token, 'hyphens do not matter').toBeTruthy();
    await ctx.db
      .updateTable('patient')
      .set({ birthDate: null })
      .where('id', '=', other.patientId ?? '')
      .execute();
    expect(await refused(make({ orderIds: [other.id] }))).toBe('409 no-factor');
  });

  test('opened lasts half an hour, not longer than the share itself, and says who opened it from where', async () => {
    const { id, code, expiresAt } = await make({ days: 1 });
    const first = await open(code);
    expect(first.expiresAt.getTime() - ctx.clock.now().getTime()).toBeLessThanOrEqual(30 * 60_000);
    expect(await shareOfToken(ctx, first.token, '203.0.113.7')).toMatchObject({
      shareId: id,
      patientId: film.patientId,
      withImages: true,
      actor: { kind: 'machine', name: '省人民医院 李医生', institutionId: null, sharedOrderIds: [film.id] },
    });
    expect(await auditOf(id)).toMatchObject([{ action: 'share.create' }, { action: 'share.open', outcome: 'done', actorName: '省人民医院 李医生', detail: hospital }]); // prettier-ignore
    const session = await ctx.db
      .selectFrom('patientShareSession')
      .selectAll()
      .where('shareId', '=', id)
      .executeTakeFirstOrThrow();
    expect(session).toMatchObject({ ...hospital, address: '203.0.113.7', tokenHash: hashToken(first.token) });
    county.clock.advance(29);
    expect(await shareOfToken(ctx, first.token, '')).toBeDefined();
    county.clock.advance(2);
    expect(await shareOfToken(ctx, first.token, '')).toBeUndefined();
    county.clock.advance(24 * 60 - 31 - 10);
    expect((await open(code)).expiresAt, 'ten minutes before its end').toEqual(expiresAt);
    county.clock.advance(11);
    expect(await refused(open(code))).toBe('403 share-refused');
  });

  test('without images opens reports only', async () => {
    const { code } = await make({ withImages: false });
    const { token } = await open(code);
    expect((await shareOfToken(ctx, token, ''))?.actor.verbs).toEqual(['order.read', 'report.read']);
    expect((await shareOfToken(ctx, (await open((await make()).code)).token, ''))?.actor.verbs).toContain(
      'input.read',
    );
    expect(await shareOfToken(ctx, 'nonsense', '')).toBeUndefined();
  });

  test('of a patient who is protected afterwards opens nothing more, and is not told apart', async () => {
    const { id, code } = await make();
    const { token } = await open(code);
    await protectPatient(ctx, doctor, film.patientId ?? '', { protected: true, reason: '本院职工' });
    expect(await shareOfToken(ctx, token, '')).toBeUndefined();
    expect(await refused(open(code))).toBe('403 share-refused');
    expect(await refused(make())).toBe('409 restricted');
    expect((await auditOf(id)).at(-1)).toMatchObject({ outcome: 'denied', detail: { usable: false } });
    expect(await row(id), 'a right entry is not a wrong one').toMatchObject({ failedAttempts: 0 });
    await protectPatient(ctx, doctor, film.patientId ?? '', { protected: false, reason: '离职' });
    expect((await open(code)).token).toBeTruthy();
  });
});

describe('trying', () => {
  test('five wrong entries lock it for good; each is on record, and the count begins anew with a right one', async () => {
    const { id, code } = await make();
    for (let n = 0; n < 4; n++) await refused(open(code, `000${n}`));
    await open(code);
    expect(await row(id)).toMatchObject({ failedAttempts: 0, lockedAt: null, opened: 1 });
    for (let n = 0; n < 5; n++) expect(await refused(open(code, `000${n}`))).toBe('403 share-refused');
    expect(await row(id)).toMatchObject({ failedAttempts: 5, lockedAt: expect.any(Date) });
    expect(await refused(open(code))).toBe('403 share-refused');
    const denied = (await auditOf(id)).filter(({ outcome }) => outcome === 'denied');
    expect(denied.map(({ detail }) => (detail as { failures: number }).failures)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 5, 5]); // prettier-ignore
    expect(denied[0]).toMatchObject({ patientId: film.patientId, actorName: '省人民医院 李医生' });
  });

  test('by many at the same moment counts each of them', async () => {
    const { id, code } = await make();
    await Promise.all(Array.from({ length: 8 }, () => refused(open(code, '9999'))));
    expect((await row(id)).lockedAt).not.toBeNull();
    expect((await row(id)).failedAttempts).toBe(5);
  });

  test('a code that nobody has hears the same, and nothing is written down', async () => {
    const before = await ctx.db.selectFrom('auditEvent').select('seq').execute();
    expect(await refused(open('0000-0000-0000-0000'))).toBe('403 share-refused');
    expect(await ctx.db.selectFrom('auditEvent').select('seq').execute()).toHaveLength(before.length);
  });
});

describe('revoking', () => {
  const revoke = (id: string, actor: Actor) => revokeShare(ctx, actor, id, '患者要求');

  test('ends it with all its sessions at once, says who and why, and is done once', async () => {
    const { id, code } = await make();
    const opened = [await open(code), await open(code)];
    await revoke(id, doctor);
    for (const { token } of opened) expect(await shareOfToken(ctx, token, '')).toBeUndefined();
    expect(await refused(open(code))).toBe('403 share-refused');
    expect(await row(id)).toMatchObject({ revokedBy: doctor.id, revokeReason: '患者要求' });
    expect((await auditOf(id)).filter(({ action }) => action === 'share.revoke')).toMatchObject([
      { actorName: doctor.name, patientId: film.patientId, detail: { reason: '患者要求' } },
    ]);
    expect(await refused(revoke(id, doctor))).toBe('404 not-found');
    expect((await auditOf(id)).filter(({ action }) => action === 'share.revoke')).toHaveLength(1);
  });

  test.each([
    ['a clinician of another site', () => as('doctor2')],
    ['the head of a centre elsewhere', () => as('head1')],
    ['a clinician of the lead hospital', () => as('clinician1')],
    ['a nurse of the site, who shares nothing', () => as('nurse1')],
  ])('is not for %s', async (_who, actor) => {
    const { id, code } = await make();
    expect(await refused(revoke(id, await actor()))).toBe('404 not-found');
    expect(await row(id)).toMatchObject({ revokedAt: null });
    await open(code);
  });

  test.each([
    ['quality staff of the county', () => as('qa1')],
    ['who made it, also after he left the site', async () => ({ ...doctor, roles: [] })],
    [
      'a colleague of the site',
      async () => ({ ...(await as('doctor2')), roles: (await as('doctor1')).roles }),
    ],
  ])('is for %s', async (_who, actor) => {
    const { id } = await make();
    await revoke(id, await actor());
    expect((await row(id)).revokedAt).not.toBeNull();
  });
});

test('the shares of a patient are listed newest first with who opened them, never with a code', async () => {
  const { id, code } = await make({ purpose: '最后一个' });
  await open(code);
  await open(code);
  const [newest, before] = (await listShares(ctx.db, film.patientId ?? '')) as Record<string, unknown>[];
  expect(newest).toMatchObject({
    id,
    purpose: '最后一个',
    createdBy: doctor.name,
    opened: 2,
    orders: [{ orderId: film.id, accessionNumber: film.accessionNumber }],
    openings: [hospital, hospital],
  });
  expect(before?.id).not.toBe(id);
  expect(JSON.stringify(newest)).not.toContain(code);
  expect(await listShares(ctx.db, other.patientId ?? '')).toHaveLength(1);
});

test('what another hospital reads is the last signed version with who signed it, and nothing of the draft', async () => {
  const [result] = (await readSharedResults(ctx.db, [film.id])) as Record<string, unknown>[];
  expect(result).toMatchObject({
    orderId: film.id,
    number: 1,
    kind: 'final',
    state: 'valid',
    signer: '林静',
    content: { impression: '心肺未见异常' },
  });
  expect(await readSharedResults(ctx.db, [(await place()).id])).toEqual([]);
});
