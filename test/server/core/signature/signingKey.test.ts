import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM, type Actor } from '../../../../server/core/access/actor.ts';
import { changePin } from '../../../../server/core/signature/changePin.ts';
import { enrolSigner } from '../../../../server/core/signature/enrolSigner.ts';
import { loadSigner } from '../../../../server/core/signature/loadSigner.ts';
import { openWithPin, sealWithPin } from '../../../../server/core/signature/pinSeal.ts';
import { readSigningState } from '../../../../server/core/signature/readSigningState.ts';
import { resetPin } from '../../../../server/core/signature/resetPin.ts';
import { revokeCertificate } from '../../../../server/core/signature/revokeCertificate.ts';
import { as, auditOf, county, ctx, openCounty, refusal, refused } from '../county.ts';

openCounty();
const password = 'Demo-2026!';
const pin = '246810';
let reader: Actor & { id: string };
beforeAll(async () => {
  reader = (await as('radiologist1')) as Actor & { id: string };
});
const certificates = (staffId: string) =>
  ctx.db.selectFrom('signatureCertificate').selectAll().where('staffId', '=', staffId).orderBy('issuedAt').execute(); // prettier-ignore
const staff = (id: string) =>
  ctx.db.selectFrom('staff').select(['lockedUntil', 'failedLoginsAt']).where('id', '=', id).executeTakeFirstOrThrow(); // prettier-ignore
const revoke = (staffId: string) =>
  ctx.db.transaction().execute((trx) => revokeCertificate(ctx, trx, SYSTEM, staffId, 'left'));

describe('a sealed key', () => {
  const secret = { value: pin, pepper: randomBytes(32) };
  test.each([
    ['nothing', ''],
    ['a word', 'secret'],
    ['another way of sealing', 'scrypt$n=1$aaaa$A256GCM$aaaa$aaaa'],
    ['a part that is missing', 'argon2id$m=19456,t=2,p=1$aaaa$A256GCM$aaaa'],
    ['signs that are none of its own', 'argon2id$m=19456,t=2,p=1$a+/=$A256GCM$aaaa$aaaa'],
  ])('that is %s is not readable, which is no wrong PIN', async (_what, sealed) => {
    await expect(openWithPin(sealed, secret, 'x')).rejects.toThrow('not readable');
  });

  test('of which anything was changed does not open', async () => {
    const key = randomBytes(138);
    const sealed = await sealWithPin(key, secret, 'x');
    const parts = sealed.split('$');
    for (const at of [2, 4, 5]) {
      const changed = [...parts];
      const text = changed[at] ?? '';
      changed[at] = (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
      expect(await openWithPin(changed.join('$'), secret, 'x'), `part ${at}`).toBeUndefined();
    }
    expect(await openWithPin(sealed, secret, 'x')).toEqual(key);
  });
});

describe('the signing page of a person', () => {
  test('shows what he has, from nothing to revoked', async () => {
    const doctor = await as('doctor1');
    expect(await readSigningState(ctx, doctor.id!)).toEqual({ enrolled: false, serialNumber: null, notAfter: null, lockedUntil: null, revokedAt: null }); // prettier-ignore
    const { serialNumber, notAfter } = await enrolSigner(ctx, doctor, { pin });
    expect(await readSigningState(ctx, doctor.id!)).toMatchObject({ enrolled: true, serialNumber, notAfter });
    expect(await revoke(doctor.id!)).toBe(true);
    expect(await revoke(doctor.id!), 'there is none any more').toBe(false);
    const state = await readSigningState(ctx, doctor.id!);
    expect(state).toMatchObject({ enrolled: false, serialNumber });
    expect(state.revokedAt).not.toBeNull();
    expect((await auditOf(doctor.id!)).filter(({ action }) => action === 'signature.revoke')).toMatchObject([
      { detail: { serialNumber, reason: 'left' } },
    ]);
    expect((await enrolSigner(ctx, doctor, { pin })).serialNumber, 'who comes back gets another').not.toBe(serialNumber);
  }); // prettier-ignore

  test('says until when it is locked, and no longer', async () => {
    const other = await as('cardiologist1');
    for (let n = 0; n < 5; n++) await refused(loadSigner(ctx, other, '135791'));
    expect((await readSigningState(ctx, other.id!)).lockedUntil).not.toBeNull();
    county.clock.advance(16);
    expect((await readSigningState(ctx, other.id!)).lockedUntil).toBeNull();
  });
});

describe('who is not there', () => {
  test('is not enrolled: unknown, closed, a machine', async () => {
    const nobody = { ...reader, id: '01990000-0000-7000-8000-00000000dead' };
    expect(await refused(enrolSigner(ctx, nobody, { pin }))).toBe('404 not-found');
    const closed = await as('village1');
    await ctx.db.updateTable('staff').set({ active: false }).where('id', '=', closed.id!).execute();
    expect(await refused(enrolSigner(ctx, closed, { pin }))).toBe('404 not-found');
    await ctx.db.updateTable('staff').set({ active: true }).where('id', '=', closed.id!).execute();
    const machine: Actor = { ...reader, kind: 'machine', id: null };
    expect(await refused(enrolSigner(ctx, machine, { pin }))).toMatch(/^403/);
    expect(await refused(loadSigner(ctx, machine, pin))).toMatch(/^403/);
    expect(await certificates(nobody.id)).toEqual([]);
  });

  test.each(['12345', '111111', '234567', '654321', 'abcdef', '1234567890123'])(
    'nor is anybody under the PIN %s',
    async (weak) => {
      const nurse = await as('nurse1');
      expect(await refusal(enrolSigner(ctx, nurse, { pin: weak }))).toMatchObject({
        status: 422,
        faults: [{ path: 'pin', code: 'pin-rules' }],
      });
      expect(await certificates(nurse.id!)).toEqual([]);
    },
  );
});

describe('a forgotten PIN', () => {
  test('asks for the password; five wrong ones lock the account as at the sign-in', async () => {
    const before = await certificates(reader.id);
    for (let n = 0; n < 5; n++)
      expect(await refused(resetPin(ctx, reader, { password: 'wrong', newPin: '900817' }))).toBe('403 wrong-password');
    expect(await refusal(resetPin(ctx, reader, { password, newPin: '900817' }))).toMatchObject({ status: 423, type: 'locked' });
    expect((await staff(reader.id)).lockedUntil).not.toBeNull();
    expect(await certificates(reader.id)).toEqual(before);
    const denied = (await auditOf(reader.id)).filter(({ action, outcome }) => action === 'signature.reset-pin' && outcome === 'denied');
    expect(denied).toHaveLength(5);
    county.clock.advance(60);
    await resetPin(ctx, reader, { password, newPin: '900817' });
    expect((await certificates(reader.id)).map(({ revocationReason }) => revocationReason)).toEqual(['superseded', null]);
    expect(await refused(loadSigner(ctx, reader, pin))).toBe('403 wrong-pin');
    await loadSigner(ctx, reader, '900817');
  }); // prettier-ignore

  test('is no way to a weak one, and then nothing is revoked', async () => {
    const before = await certificates(reader.id);
    expect(await refused(resetPin(ctx, reader, { password, newPin: '123456' }))).toBe('422 invalid');
    expect(await certificates(reader.id)).toEqual(before);
  });

  test('reset twice at once leaves one certificate in use', async () => {
    const head = await as('head1');
    const both = await Promise.allSettled([
      resetPin(ctx, head, { password, newPin: '900817' }),
      resetPin(ctx, head, { password, newPin: '900818' }),
    ]);
    const rows = await certificates(head.id!);
    expect(rows.filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  });
});

describe('a change of the PIN', () => {
  test('keeps the certificate, is on record, and counts wrong ones like a signature', async () => {
    const second = await as('radiologist2');
    const [before] = await certificates(second.id!);
    expect(await refused(changePin(ctx, second, { pin: '135791', newPin: '900817' }))).toBe('403 wrong-pin');
    expect((await certificates(second.id!))[0]?.failedAttempts).toBe(1);
    expect(await refused(changePin(ctx, second, { pin, newPin: '1' }))).toBe('422 invalid');
    await changePin(ctx, second, { pin, newPin: '900817' });
    const [after] = await certificates(second.id!);
    expect(after).toMatchObject({ id: before?.id, serialNumber: before?.serialNumber, failedAttempts: 0 });
    expect(after?.sealedKey).not.toBe(before?.sealedKey);
    expect((await auditOf(second.id!)).map(({ action }) => action)).toContain('signature.change-pin');
  });
});

describe('a certificate near its end', () => {
  test('is renewed once though many signatures ask at once; a licence that ends sooner gains nothing', async () => {
    const expert = await as('pathologist1');
    const [first] = await certificates(expert.id!);
    county.clock.advance((3 * 365 - 20) * 24 * 60);
    await Promise.all(Array.from({ length: 4 }, () => loadSigner(ctx, expert, pin)));
    const rows = await certificates(expert.id!);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ id: first?.id, revokedAt: null, sealedKey: null });
    expect((await auditOf(expert.id!)).filter(({ action }) => action === 'signature.renew')).toHaveLength(1);

    const bounded = await as('pathologist2');
    const licenceUntil = new Date(ctx.clock.now().getTime() + 10 * 86_400_000).toISOString().slice(0, 10);
    await ctx.db.updateTable('staff').set({ licenceUntil }).where('id', '=', bounded.id!).execute();
    await resetPin(ctx, bounded, { password, newPin: pin });
    const short = await certificates(bounded.id!);
    await loadSigner(ctx, bounded, pin);
    expect(await certificates(bounded.id!)).toEqual(short);
  });
});
