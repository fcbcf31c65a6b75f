import fs from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { hashPassword } from '../../../../server/core/access/password.ts';
import { changePin } from '../../../../server/core/signature/changePin.ts';
import { currentRevocationLists } from '../../../../server/core/signature/currentRevocationLists.ts';
import { enrolSigner } from '../../../../server/core/signature/enrolSigner.ts';
import { ensureAuthority, rootCertificateFile } from '../../../../server/core/signature/heldAuthority.ts';
import { loadSigner } from '../../../../server/core/signature/loadSigner.ts';
import { resetPin } from '../../../../server/core/signature/resetPin.ts';
import { revokeCertificate } from '../../../../server/core/signature/revokeCertificate.ts';
import { revokeEndedLicences } from '../../../../server/core/signature/revokeEndedLicences.ts';
import { signPdf } from '../../../../server/core/signature/signPdf.ts';
import { verifyReport } from '../../../../server/core/signature/verifyReport.ts';
import { verify } from '../../../../server/commands/verify.ts';
import { createContext } from '../../../helpers/hub.ts';
import type { TestContext } from '../../../helpers/hub.ts';
import { plainPdf, write } from './signingTools.ts';

const password = 'Demo-2026!';
const pin = '246810';
let hub: TestContext;
let institutionId: string;
let passwordHash: string;
let count = 0;

beforeAll(async () => {
  hub = await createContext();
  passwordHash = await hashPassword(password);
  institutionId = (
    await hub.ctx.db
      .insertInto('institution')
      .values({ code: 'QHRM', name: '青禾县人民医院', shortName: '县医院', kind: 'county-hospital' })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id;
});
afterAll(() => hub.close());

async function person(more: { licenceUntil?: string } = {}): Promise<Actor & { id: string }> {
  count += 1;
  const { id } = await hub.ctx.db
    .insertInto('staff')
    .values({ username: `reader${count}`, name: `医生${count}`, institutionId, passwordHash, ...more })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { kind: 'staff', id, name: `医生${count}`, institutionId, roles: [], verbs: [] };
}

const enrolled = async (more: { licenceUntil?: string } = {}) => {
  const actor = await person(more);
  return { actor, ...(await enrolSigner(hub.ctx, actor, { pin })) };
};
const sign = async (actor: Actor, usedPin = pin) =>
  signPdf(await plainPdf(), await loadSigner(hub.ctx, actor, usedPin), { signedAt: hub.clock.now() });

test('who enrolled signs with the PIN, and the hub finds the signature valid', async () => {
  const { actor } = await enrolled();
  const verdict = await verifyReport(hub.ctx, await sign(actor));
  expect(verdict).toMatchObject({
    valid: true,
    faults: [],
    known: false,
    signer: { name: actor.name, serialNumber: actor.id },
  });
  expect('report' in verdict).toBe(false);
});

test('hub verify trusts the root certificate kept beside the data', async () => {
  const { actor } = await enrolled();
  const file = write('hub.pdf', await sign(actor));
  const lines: string[] = [];
  const environment = { DATA_DIR: hub.ctx.config.dataDir };
  expect(await verify([file], environment, (line) => lines.push(line))).toBe(0);
  expect(lines.join('\n')).toContain(`${file}: valid`);
  expect(await verify([file, '--json'], { DATA_DIR: '/nowhere' }, () => undefined)).toBe(1);
  expect(
    await verify(
      [file, '--root', rootCertificateFile(hub.ctx.config.dataDir)],
      { DATA_DIR: '/nowhere' },
      () => undefined,
    ),
  ).toBe(0);
  const bytes = fs.readFileSync(file);
  bytes[700] = (bytes[700] ?? 0) ^ 1;
  expect(await verify([write('changed.pdf', bytes)], environment, () => undefined)).toBe(1);
  await expect(verify(['/nowhere.pdf'], environment)).rejects.toThrow('Cannot read the report');
  await expect(verify([], environment)).rejects.toThrow('Usage');
});

test('many processes that need the authority at once make one', async () => {
  const other = await createContext();
  try {
    const made = await Promise.all(Array.from({ length: 6 }, () => ensureAuthority(other.ctx)));
    expect(new Set(made.map((authority) => authority.id)).size).toBe(1);
  } finally {
    await other.close();
  }
});

test('private keys are in the database only sealed', async () => {
  const { actor } = await enrolled();
  const authority = await ensureAuthority(hub.ctx);
  const row = await hub.ctx.db
    .selectFrom('signatureCertificate')
    .select('sealedKey')
    .where('staffId', '=', actor.id)
    .executeTakeFirstOrThrow();
  expect(row.sealedKey).toMatch(/^argon2id\$.*\$A256GCM\$/);
  expect(authority.sealedIssuingKey).toMatch(/^A256GCM\./);
  expect(authority.sealedRootKey).toMatch(/^A256GCM\./);
});

test('a second enrolment is refused, also when two come at once', async () => {
  const actor = await person();
  const both = await Promise.allSettled([
    enrolSigner(hub.ctx, actor, { pin }),
    enrolSigner(hub.ctx, actor, { pin }),
  ]);
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(enrolSigner(hub.ctx, actor, { pin })).rejects.toMatchObject({
    status: 409,
    type: 'already-enrolled',
  });
});

test('without a certificate: 409, and nobody is enrolled by another person', async () => {
  const actor = await person();
  await expect(loadSigner(hub.ctx, actor, pin)).rejects.toMatchObject({ status: 409, type: 'not-enrolled' });
  const other = await person();
  await enrolSigner(hub.ctx, actor, { pin, staffId: other.id });
  await expect(loadSigner(hub.ctx, other, pin)).rejects.toMatchObject({ type: 'not-enrolled' });
});

test('five wrong PINs lock signing for 15 minutes; each is counted and audited', async () => {
  const { actor } = await enrolled();
  for (const left of [4, 3, 2, 1])
    await expect(loadSigner(hub.ctx, actor, '135791')).rejects.toMatchObject({
      status: 403,
      type: 'wrong-pin',
      extra: { attemptsLeft: left },
    });
  await expect(loadSigner(hub.ctx, actor, '135791')).rejects.toMatchObject({ status: 423, type: 'locked' });
  await expect(loadSigner(hub.ctx, actor, pin)).rejects.toMatchObject({ status: 423 });
  const denied = await hub.ctx.db
    .selectFrom('auditEvent')
    .select('action')
    .where('action', '=', 'signature.unlock')
    .where('subjectId', '=', actor.id)
    .where('outcome', '=', 'denied')
    .execute();
  expect(denied).toHaveLength(5);
  hub.clock.advance(16);
  await expect(loadSigner(hub.ctx, actor, pin)).resolves.toBeDefined();
  await expect(loadSigner(hub.ctx, actor, '135791')).rejects.toMatchObject({ extra: { attemptsLeft: 4 } });
});

test('guesses sent at once are counted one by one', async () => {
  const { actor } = await enrolled();
  const guesses = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => loadSigner(hub.ctx, actor, `13579${index}`)),
  );
  const types = guesses.map((guess) =>
    guess.status === 'rejected' ? (guess.reason as { type: string }).type : 'opened',
  );
  expect(types.filter((type) => type === 'wrong-pin')).toHaveLength(4);
  expect(types.filter((type) => type === 'locked')).toHaveLength(4);
});

test('a right PIN many times at once is no attack', async () => {
  const { actor } = await enrolled();
  await expect(
    Promise.all(Array.from({ length: 8 }, () => loadSigner(hub.ctx, actor, pin))),
  ).resolves.toHaveLength(8);
});

test('the PIN is changed, the certificate stays', async () => {
  const { actor, serialNumber } = await enrolled();
  await expect(changePin(hub.ctx, actor, { pin: '135791', newPin: '900817' })).rejects.toMatchObject({
    type: 'wrong-pin',
  });
  await expect(changePin(hub.ctx, actor, { pin, newPin: '111111' })).rejects.toMatchObject({ status: 422 });
  await changePin(hub.ctx, actor, { pin, newPin: '900817' });
  const signer = await loadSigner(hub.ctx, actor, '900817');
  expect(new X509Certificate(signer.certificateChain[0]!).serialNumber.toLowerCase()).toBe(serialNumber);
  await expect(loadSigner(hub.ctx, actor, pin)).rejects.toMatchObject({ type: 'wrong-pin' });
});

test('a reset PIN revokes the certificate; what it signed before stays valid', async () => {
  const { actor, serialNumber } = await enrolled();
  const before = await sign(actor);
  const stolen = await loadSigner(hub.ctx, actor, pin);
  hub.clock.advance(1);
  await expect(resetPin(hub.ctx, actor, { password: 'wrong', newPin: '900817' })).rejects.toMatchObject({
    status: 403,
    type: 'wrong-password',
  });
  const renewed = await resetPin(hub.ctx, actor, { password, newPin: '900817' });
  expect(renewed.serialNumber).not.toBe(serialNumber);
  expect((await verifyReport(hub.ctx, before)).faults).toEqual([]);
  expect((await verifyReport(hub.ctx, await sign(actor, '900817'))).faults).toEqual([]);
  hub.clock.advance(1);
  const after = await signPdf(await plainPdf(), stolen, { signedAt: hub.clock.now() });
  expect((await verifyReport(hub.ctx, after)).faults.map((fault) => fault.code)).toContain('revoked');
});

test('who left cannot sign; the end of a certificate is final in the database too', async () => {
  const { actor, serialNumber } = await enrolled();
  await hub.ctx.db.transaction().execute((trx) => revokeCertificate(hub.ctx, trx, SYSTEM, actor.id, 'left'));
  await expect(loadSigner(hub.ctx, actor, pin)).rejects.toMatchObject({ type: 'not-enrolled' });
  const revived = sql`update signature_certificate set revoked_at = null, revocation_reason = null, ended_at = null, sealed_key = 'x' where serial_number = ${serialNumber}`;
  await expect(revived.execute(hub.ctx.db)).rejects.toThrow('its end is final');
  await expect(
    hub.ctx.db.deleteFrom('signatureCertificate').where('serialNumber', '=', serialNumber).execute(),
  ).rejects.toThrow('never deleted');
});

test('a certificate near its end is renewed while signing, without being revoked', async () => {
  const { actor, serialNumber } = await enrolled();
  const before = await sign(actor);
  hub.clock.advance((3 * 365 - 10) * 24 * 60);
  const signer = await loadSigner(hub.ctx, actor, pin);
  expect(new X509Certificate(signer.certificateChain[0]!).serialNumber.toLowerCase()).not.toBe(serialNumber);
  expect((await verifyReport(hub.ctx, before)).faults).toEqual([]);
});

test('the licence bounds the certificate', async () => {
  const until = new Date(hub.clock.now().getTime() + 100 * 86_400_000).toISOString().slice(0, 10);
  const { notAfter } = await enrolled({ licenceUntil: until });
  expect(notAfter.toISOString()).toBe(`${until}T15:59:59.000Z`);
  const expired = await person({ licenceUntil: '2026-01-01' });
  await expect(enrolSigner(hub.ctx, expired, { pin })).rejects.toMatchObject({ status: 422 });
});

test('who left or lost the licence is revoked by the worker, once though many run', async () => {
  const [left, lapsed] = [await enrolled(), await enrolled({ licenceUntil: '2100-01-01' })];
  const set = (id: string, values: { active?: boolean; licenceUntil?: string }) =>
    hub.ctx.db.updateTable('staff').set(values).where('id', '=', id).execute();
  await set(left.actor.id, { active: false });
  await set(lapsed.actor.id, { licenceUntil: '2026-01-01' });
  await expect(loadSigner(hub.ctx, left.actor, pin)).rejects.toMatchObject({ type: 'not-enrolled' });
  const runs = await Promise.all([revokeEndedLicences(hub.ctx), revokeEndedLicences(hub.ctx)]);
  expect(runs[0]! + runs[1]!).toBeGreaterThanOrEqual(2);
  const rows = await hub.ctx.db
    .selectFrom('signatureCertificate')
    .select(['staffId', 'revocationReason'])
    .where('staffId', 'in', [left.actor.id, lapsed.actor.id])
    .execute();
  expect(Object.fromEntries(rows.map((row) => [row.staffId, row.revocationReason]))).toEqual({
    [left.actor.id]: 'left',
    [lapsed.actor.id]: 'licence-ended',
  });
  expect(await revokeEndedLicences(hub.ctx)).toBe(0);
});

test('the revocation list is renewed once a day, with rising numbers', async () => {
  const authority = await ensureAuthority(hub.ctx);
  const numbers = async () =>
    (
      await hub.ctx.db
        .selectFrom('signatureRevocationList')
        .select('number')
        .where('issuer', '=', 'issuing')
        .orderBy('number')
        .execute()
    ).map((row) => row.number);
  await currentRevocationLists(hub.ctx, authority);
  const first = await numbers();
  await currentRevocationLists(hub.ctx, authority);
  expect(await numbers()).toEqual(first);
  hub.clock.advance(25 * 60);
  await Promise.all([1, 2, 3].map(() => currentRevocationLists(hub.ctx, authority)));
  expect(await numbers()).toEqual([...first, first.length + 1]);
});
