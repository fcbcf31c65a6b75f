import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createAuthority,
  fingerprint,
  newSerialNumber,
  openAuthorityKey,
  wholeSeconds,
} from '../../../../server/core/signature/authority.ts';
import {
  commonName,
  organizationName,
  subjectSerialNumber,
} from '../../../../server/core/signature/distinguishedName.ts';
import { issueCertificate } from '../../../../server/core/signature/issueCertificate.ts';
import { openWithPin } from '../../../../server/core/signature/pinSeal.ts';
import { installed, makeBench, openSeal, pin, run, write, type Bench } from './signingTools.ts';

const now = new Date('2026-11-01T00:00:00.789Z');
const year = 365.25 * 24 * 3_600_000;
let bench: Bench;
let root: X509Certificate, issuing: X509Certificate, person: X509Certificate;
beforeAll(async () => {
  bench = await makeBench(now);
  [root, issuing, person] = [
    bench.authority.rootCertificate,
    bench.authority.issuingCertificate,
    bench.person.certificate,
  ].map((bytes) => new X509Certificate(bytes)) as [X509Certificate, X509Certificate, X509Certificate];
});
const certify = (more: { name?: string; organization?: string; validUntil?: Date; now?: Date } = {}) =>
  issueCertificate(openSeal, bench.authority, pin, {
    id: '01990000-0000-7000-8000-000000000002',
    name: '钱审核',
    organization: '青禾县人民医院',
    now,
    ...more,
  });

describe('the authority of a hub', () => {
  test('is a root that certifies one issuing authority, which certifies people', () => {
    expect([root.ca, issuing.ca, person.ca]).toEqual([true, true, false]);
    expect([root.checkIssued(root), issuing.checkIssued(root), person.checkIssued(issuing)]).toEqual([true, true, true]);
    expect([root.verify(root.publicKey), issuing.verify(root.publicKey), person.verify(issuing.publicKey)]).toEqual([true, true, true]);
    expect(person.verify(root.publicKey)).toBe(false);
  }); // prettier-ignore

  test('outlives the reports that are kept thirty years', () => {
    const lasts = (certificate: X509Certificate) =>
      (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / year;
    expect(lasts(root)).toBeCloseTo(40, 2);
    expect(lasts(issuing)).toBeCloseTo(20, 2);
    expect(lasts(person)).toBeCloseTo(3, 1);
    for (const each of [root, issuing, person]) expect(each.validFromDate).toEqual(wholeSeconds(now));
  });

  test('made twice has nothing in common', async () => {
    const again = await createAuthority(openSeal, { organization: '青禾县人民医院', now });
    expect(fingerprint(again.rootCertificate)).not.toBe(fingerprint(bench.authority.rootCertificate));
    expect(again.sealedRootKey).not.toBe(bench.authority.sealedRootKey);
    const { subject, issuer } = new X509Certificate(again.issuingCertificate);
    expect([subject, issuer], 'but its names').toEqual([issuing.subject, root.subject]);
    expect(new X509Certificate(again.issuingCertificate).checkIssued(root)).toBe(false);
  });

  test('opens its keys by the seal only, and not for export', async () => {
    const key = await openAuthorityKey(openSeal, bench.authority.sealedIssuingKey);
    expect([key.extractable, key.usages]).toEqual([false, ['sign']]);
    await expect(openAuthorityKey(openSeal, 'open.bm8ga2V5')).rejects.toThrow();
  });

  test('gives serial numbers that are positive, of full length and never twice', () => {
    const numbers = Array.from({ length: 2_000 }, newSerialNumber);
    expect(new Set(numbers).size).toBe(2_000);
    for (const number of numbers) expect(number).toMatch(/^[4-7][0-9a-f]{31}$/);
  });
});

describe('the certificate of a person', () => {
  test.each([
    ['three years', undefined, 3 * 365 * 86_400_000],
    ['until the licence ends', new Date(now.getTime() + 100 * 86_400_000), 100 * 86_400_000],
    ['three years though the licence lasts longer', new Date('2060-01-01T00:00:00Z'), 3 * 365 * 86_400_000],
  ])('lasts %s', async (_how, validUntil, ms) => {
    const made = await certify(validUntil ? { validUntil } : {});
    expect(Math.abs(made.notAfter.getTime() - wholeSeconds(now).getTime() - ms)).toBeLessThan(1_000);
    const { validToDate } = new X509Certificate(made.certificate);
    expect(Math.abs(validToDate.getTime() - made.notAfter.getTime())).toBeLessThan(1_000);
  });

  test('never outlives the authority that issued it', async () => {
    const late = new Date(issuing.validToDate.getTime() - year);
    expect((await certify({ now: late })).notAfter).toEqual(issuing.validToDate);
  });

  test.each([
    ['赵影像', '青禾县人民医院'],
    ['欧阳𠮷玘', '县医院, 影像科'],
    ['O\'Brien, "J" + <x>; y=1', 'A\\B #1'],
    [' blanks around ', '# hash first'],
    ['CN=Fake', 'O=Fake\\, CN=Fake'],
    ['two\nlines', 'O\nCN=Fake'],
    ['tab\there', 'nul\u0001'],
  ])('names %j of %j exactly, whatever signs are in it', async (name, organization) => {
    const { subject } = new X509Certificate((await certify({ name, organization })).certificate);
    expect(commonName(subject)).toBe(name);
    expect(organizationName(subject)).toBe(organization);
    expect(subjectSerialNumber(subject)).toBe('01990000-0000-7000-8000-000000000002');
  });

  test('holds the key that is sealed with the PIN, and no other', async () => {
    const made = await certify();
    const pkcs8 = await openWithPin(made.sealedKey, pin, '01990000-0000-7000-8000-000000000002');
    const key = new X509Certificate(made.certificate).publicKey;
    const own = createPublicKey(createPrivateKey({ key: pkcs8!, format: 'der', type: 'pkcs8' }));
    expect(own.equals(key)).toBe(true);
    expect(own.equals(person.publicKey)).toBe(false);
  });
});

test('a name without the attribute has none', () => {
  expect([commonName('O=A'), organizationName('CN=A'), subjectSerialNumber('CN=A')]).toEqual([
    '',
    undefined,
    undefined,
  ]);
});

describe.skipIf(!installed('openssl', 'version'))('as openssl sees it', () => {
  const pem = (name: string, certificate: X509Certificate) => write(`${name}.pem`, certificate.toString());
  test('the chain verifies for signing mail and documents, and not without the issuing authority', () => {
    const [ca, middle, own] = [pem('a-root', root), pem('a-issuing', issuing), pem('a-person', person)];
    const at = String(now.getTime() / 1000 + 3_600).split('.')[0]!;
    const verify = (...more: string[]) => run('openssl', 'verify', '-x509_strict', '-attime', at, '-CAfile', ca, ...more); // prettier-ignore
    expect(verify('-untrusted', middle, '-purpose', 'smimesign', own)).toMatchObject({ status: 0 });
    expect(verify('-untrusted', middle, '-purpose', 'sslserver', own).status).not.toBe(0);
    expect(verify(own).status).not.toBe(0);
  });

  test('key usage and path length say what each may do', () => {
    const text = (certificate: X509Certificate) =>
      run('openssl', 'x509', '-noout', '-text', '-in', pem('shown', certificate)).output;
    expect(text(root)).toMatch(/CA:TRUE, pathlen:1[\s\S]*Certificate Sign, CRL Sign/);
    expect(text(issuing)).toMatch(/CA:TRUE, pathlen:0[\s\S]*Certificate Sign, CRL Sign/);
    expect(text(person)).toMatch(/CA:FALSE[\s\S]*Digital Signature, Non Repudiation/);
    for (const each of [root, issuing, person]) expect(text(each)).toContain('prime256v1');
  });
});
