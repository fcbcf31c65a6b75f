import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPdf } from '../../../../server/core/signature/pdf/readPdf.ts';
import { readSignature } from '../../../../server/core/signature/pdf/readSignature.ts';
import { signPdf } from '../../../../server/core/signature/signPdf.ts';
import { verifyPdf } from '../../../../server/core/signature/verifyPdf.ts';
import { makeBench, plainPdf, signedAt } from './signingTools.ts';
import type { Bench } from './signingTools.ts';

let bench: Bench;
let plain: Buffer;
let signed: Buffer;
const judge = (pdf: Buffer) => verifyPdf(pdf, { trustedRoots: [bench.authority.rootCertificate] });
const codes = (pdf: Buffer) => judge(pdf).faults.map((fault) => fault.code);

beforeAll(async () => {
  bench = await makeBench();
  plain = await plainPdf();
  signed = await signPdf(plain, await bench.signer(), { signedAt, reason: '报告签发' });
});

test('a signed report is valid at its signing time and names its signer', () => {
  const verdict = judge(signed);
  expect(verdict.faults).toEqual([]);
  expect(verdict).toMatchObject({
    valid: true,
    signedAt,
    reason: '报告签发',
    signer: {
      name: '赵影像',
      organization: '青禾县人民医院',
      serialNumber: '01990000-0000-7000-8000-000000000001',
      algorithm: 'ecdsa-p256-sha256',
    },
    report: { accessionNumber: 'I20261122001', number: 1 },
  });
});

test('the original stands byte by byte at the beginning of the signed file', () => {
  expect(signed.subarray(0, plain.length).equals(plain)).toBe(true);
});

describe('one changed byte is detected', () => {
  const change = (at: number, mask: number): Buffer => {
    const changed = Buffer.from(signed);
    changed[at] = (changed[at] ?? 0) ^ mask;
    return changed;
  };

  test('anywhere in the signature value, certificates and revocation lists', () => {
    const { contentsStart, contentsEnd } = readSignature(readPdf(signed))!;
    const unnoticed: number[] = [];
    for (let at = contentsStart; at < contentsEnd; at += 5)
      if (judge(change(at, 1)).valid) unnoticed.push(at);
    expect(unnoticed).toEqual([]);
  });

  test('anywhere else, at 600 seeded places', () => {
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        expect(judge(change(at, mask)).valid).toBe(false);
      }),
      { numRuns: 600, seed: 20261122 },
    );
  });

  test('a digit of the signature in the other letter case', () => {
    const { contentsStart } = readSignature(readPdf(signed))!;
    const at = signed.findIndex((byte, index) => index > contentsStart && byte >= 0x61 && byte <= 0x66);
    expect(codes(change(at, 0x20))).toContain('changed');
  });

  test('the report inside is not answered when the document was changed', () => {
    const at = signed.indexOf('stream') + 20;
    const verdict = judge(change(at, 4));
    expect(verdict.faults.map((fault) => fault.code)).toContain('changed');
    expect(verdict.report).toBeUndefined();
  });
});

test('bytes added behind are detected', () => {
  expect(judge(Buffer.concat([signed, Buffer.from('\n')])).valid).toBe(false);
  const appended = Buffer.concat([
    signed,
    Buffer.from('9 0 obj\n<<>>\nendobj\n'),
    signed.subarray(signed.lastIndexOf('xref\n')),
  ]);
  expect(judge(appended).valid).toBe(false);
});

test('a signature moved to another document is detected', async () => {
  const signer = await bench.signer();
  const first = await signPdf(plain, signer, { signedAt });
  const other = await signPdf(await plainPdf({ accessionNumber: 'I20261122002', number: 1 }), signer, {
    signedAt,
  });
  const from = readSignature(readPdf(first))!;
  const to = readSignature(readPdf(other))!;
  const moved = Buffer.from(other);
  first.copy(moved, to.contentsStart, from.contentsStart, from.contentsEnd);
  expect(codes(moved)).toContain('changed');
});

test('a file without signature, and one that is no PDF, are named so', () => {
  expect(codes(plain)).toEqual(['unsigned']);
  expect(codes(Buffer.from('hello'))).toEqual(['unreadable']);
  expect(codes(Buffer.alloc(0))).toEqual(['unreadable']);
});

test('a signed file is not signed again', async () => {
  await expect(signPdf(signed, await bench.signer(), { signedAt })).rejects.toThrow('signature already');
});

describe('certificates are judged at signing time', () => {
  const hour = 3_600_000;
  const revocation = (at: Date) => [
    { serialNumber: bench.person.serialNumber, revokedAt: at, reason: 'superseded' as const },
  ];

  test('signed with a certificate that was revoked before: revoked', async () => {
    const signer = await bench.signer({ revoked: revocation(new Date(signedAt.getTime() - hour)) });
    expect(codes(await signPdf(plain, signer, { signedAt }))).toEqual(['revoked']);
  });

  test('revoked after signing: stays valid, also before the newer list', async () => {
    const later = await bench.list({
      revoked: revocation(new Date(signedAt.getTime() + hour)),
      at: new Date(signedAt.getTime() + 2 * hour),
    });
    const verdict = verifyPdf(signed, {
      trustedRoots: [bench.authority.rootCertificate],
      revocationLists: [later],
    });
    expect(verdict.faults).toEqual([]);
  });

  test('a newer list that dates the revocation before the signature counts', async () => {
    const later = await bench.list({
      revoked: revocation(new Date(signedAt.getTime() - hour)),
      at: new Date(signedAt.getTime() + 2 * hour),
    });
    const verdict = verifyPdf(signed, {
      trustedRoots: [bench.authority.rootCertificate],
      revocationLists: [later],
    });
    expect(verdict.faults.map((fault) => fault.code)).toEqual(['revoked']);
  });

  test('outside the validity of the certificate: expired', async () => {
    const before = new Date('2026-10-31T00:00:00Z');
    expect(codes(await signPdf(plain, await bench.signer(), { signedAt: before }))).toContain('expired');
    const after = new Date('2031-01-01T00:00:00Z');
    expect(codes(await signPdf(plain, await bench.signer({ at: after }), { signedAt: after }))).toContain(
      'expired',
    );
  });

  test('a stale revocation list does not speak for the signing time', async () => {
    const signer = await bench.signer({ at: new Date(signedAt.getTime() - 30 * 24 * hour) });
    expect(codes(await signPdf(plain, signer, { signedAt }))).toEqual(['revocation-unknown']);
  });

  test('another hub: intact, but not trusted', async () => {
    const other = await makeBench();
    const verdict = verifyPdf(signed, { trustedRoots: [other.authority.rootCertificate] });
    expect(verdict.faults.map((fault) => fault.code)).toEqual(['untrusted']);
    expect(verdict.report).toBeDefined();
  });
});

test('2,000 mutated files are judged without a fault of the reader (seed 7)', () => {
  const { contentsStart } = readSignature(readPdf(signed))!;
  fc.assert(
    fc.property(
      fc.constantFrom(0, contentsStart - 400, contentsStart + 1, signed.lastIndexOf('xref\n') - 900),
      fc.array(fc.record({ at: fc.nat(1_500), byte: fc.integer({ min: 0, max: 255 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      fc.option(fc.nat(signed.length)),
      (base, changes, cut) => {
        const mutated = Buffer.from(cut === null ? signed : signed.subarray(0, cut));
        for (const { at, byte } of changes) if (base + at < mutated.length) mutated[base + at] = byte;
        if (!mutated.equals(signed)) expect(judge(mutated).valid).toBe(false);
      },
    ),
    { numRuns: 2_000, seed: 7 },
  );
});
