import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  der,
  DerError,
  derChildren,
  derInteger,
  derSequence,
  derTag,
  readDer,
} from '../../../../server/core/signature/der.ts';
import {
  issueRevocationList,
  listValidityMs,
  readRevocationList,
  revocationReasons,
  type RevocationReason,
  type RevokedCertificate,
} from '../../../../server/core/signature/revocationList.ts';
import { installed, makeBench, openSeal, run, signedAt, write, type Bench } from './signingTools.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
const issue = (revoked: RevokedCertificate[] = [], issuer: 'issuing' | 'root' = 'issuing', number = 1) =>
  issueRevocationList(openSeal, bench.authority, issuer, { number, now: signedAt, revoked });
const certificates = () => [
  new X509Certificate(bench.authority.issuingCertificate),
  new X509Certificate(bench.authority.rootCertificate),
];

describe('a revocation list', () => {
  test('tells every serial number with its time and reason, whatever the number begins with', async () => {
    const hex = fc.stringMatching(/^[1-9a-f][0-9a-f]{31}$/);
    const reasons = Object.keys(revocationReasons) as RevocationReason[];
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ serialNumber: hex, ageS: fc.nat(1e6), reason: fc.constantFrom(...reasons) }), {
          selector: ({ serialNumber }) => serialNumber,
          maxLength: 6,
        }),
        async (entries) => {
          const revoked = entries.map(({ serialNumber, ageS, reason }) => ({
            serialNumber,
            reason,
            revokedAt: new Date(signedAt.getTime() - ageS * 1000),
          }));
          const read = readRevocationList(await issue(revoked));
          expect([...read.revoked]).toEqual(
            revoked.map(({ serialNumber, revokedAt, reason }) => [
              serialNumber,
              { at: revokedAt, reason: revocationReasons[reason] },
            ]),
          );
        },
      ),
      { numRuns: 15 },
    );
  }); // prettier-ignore

  test.each(['issuing', 'root'] as const)('of %s speaks for its time and is signed by it alone', async (issuer) => {
    const list = readRevocationList(await issue([], issuer));
    expect(list.thisUpdate).toEqual(signedAt);
    expect(list.nextUpdate.getTime() - list.thisUpdate.getTime()).toBe(listValidityMs[issuer]);
    const [issuing, root] = certificates();
    expect([list.isSignedBy(issuing!), list.isSignedBy(root!)]).toEqual([issuer === 'issuing', issuer === 'root']);
  }); // prettier-ignore

  test('is signed by nobody once a byte of it is another', async () => {
    const bytes = await issue([{ serialNumber: '4a', revokedAt: signedAt, reason: 'left' }]);
    const [issuing] = certificates();
    expect(readRevocationList(bytes).isSignedBy(issuing!)).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 4;
      let holds = false;
      try {
        holds = readRevocationList(changed).isSignedBy(issuing!);
      } catch (error) {
        expect(error).toBeInstanceOf(DerError);
      }
      expect(holds, `byte ${at}`).toBe(false);
    }
  });

  test('may be cut anywhere: it is none', async () => {
    const bytes = await issue([{ serialNumber: '4a', revokedAt: signedAt, reason: 'left' }]);
    for (let length = 0; length < bytes.length; length++)
      expect(() => readRevocationList(bytes.subarray(0, length))).toThrow(DerError);
  });

  const time = der(derTag.utcTime, Buffer.from('261122023200Z'));
  const signature = der(derTag.bitString, Buffer.of(0));
  test.each([
    ['a number', derInteger(1)],
    ['an empty list', derSequence()],
    ['a list without signature', derSequence(derSequence(), derSequence())],
    ['a list whose signature is no bits', derSequence(derSequence(), derSequence(), derInteger(1))],
    ['a list that does not say when it ends', derSequence(derSequence(derInteger(1), derSequence(), derSequence(), time), derSequence(), signature)],
    ['a list that names two algorithms', derSequence(derSequence(derSequence(), derSequence(), time, time), derSequence(derInteger(1)), signature)],
    ['a list with something behind it', Buffer.concat([derSequence(derSequence(), derSequence(), signature), Buffer.of(0)])],
    ['a list without algorithm', derSequence(derSequence(derSequence(), derSequence(), time, time), derSequence(), signature)],
  ])('%s is none', (_what, bytes) => {
    expect(() => readRevocationList(bytes)).toThrow(DerError);
  }); // prettier-ignore

  test('with an entry that has no date is none', async () => {
    const bytes = await issue([{ serialNumber: '4a', revokedAt: signedAt, reason: 'left' }]);
    const [toBeSigned, algorithm, value] = derChildren(readDer(bytes));
    const fields = derChildren(toBeSigned!).map((field) => field.bytes);
    const at = fields.findIndex((field, index) => index > 3 && field[0] === derTag.sequence);
    fields[at] = derSequence(derSequence(derInteger(0x4a)));
    const broken = derSequence(derSequence(...fields), algorithm!.bytes, value!.bytes);
    expect(() => readRevocationList(broken)).toThrow('without a date');
  });
});

describe.skipIf(!installed('openssl', 'version'))('as openssl reads it', () => {
  const show = (bytes: Buffer, ...more: string[]) =>
    run('openssl', 'crl', '-inform', 'DER', '-in', write('list.crl', bytes), '-noout', ...more);

  test('number, serial numbers and reasons of RFC 5280', async () => {
    const reasons = Object.keys(revocationReasons) as RevocationReason[];
    const revoked = reasons.map((reason, index) => ({
      serialNumber: `4${index}${'ab'.repeat(15)}`,
      revokedAt: signedAt,
      reason,
    }));
    const { status, output } = show(await issue(revoked, 'issuing', 300), '-text');
    expect(status).toBe(0);
    expect(output).toMatch(/X509v3 CRL Number:\s+300/);
    expect(output.match(/Serial Number: /g)).toHaveLength(5);
    for (const words of ['Key Compromise', 'Affiliation Changed', 'Superseded', 'Cessation Of Operation'])
      expect(output).toContain(words);
  });

  test('and holds its signature against the authority', async () => {
    const [issuing, root] = certificates().map((certificate, index) => write(`ca${index}.pem`, certificate.toString())); // prettier-ignore
    expect(show(await issue(), '-CAfile', issuing!).output).toContain('verify OK');
    expect(show(await issue(), '-CAfile', root!).output).not.toContain('verify OK');
    expect(show(await issue([], 'root'), '-CAfile', root!).output).toContain('verify OK');
  });
});
