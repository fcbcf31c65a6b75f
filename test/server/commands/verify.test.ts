import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../../server/commands/verify.ts';
import { signPdf } from '../../../server/core/signature/signPdf.ts';
import { folder, makeBench, plainPdf, signedAt, write, type Bench } from '../core/signature/signingTools.ts';

let bench: Bench;
let good: string, plain: string, root: string;
beforeAll(async () => {
  bench = await makeBench();
  plain = write('plain.pdf', await plainPdf());
  good = write('good.pdf', await signPdf(await plainPdf(), await bench.signer(), { signedAt }));
  root = write('verify-root.pem', new X509Certificate(bench.authority.rootCertificate).toString());
});

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await verify(args, { DATA_DIR: '/nowhere' }, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

describe('hub verify', () => {
  test('tells who signed what when, under which root', async () => {
    const { code, text } = await run(good, '--root', root);
    expect(code).toBe(0);
    expect(text.split('\n')[0]).toBe(`${good}: valid`);
    for (const words of [
      'signed by     赵影像, 青禾县人民医院',
      'signed at     2026-11-22T02:32:00.000Z (time of the hub)',
      'report        I20261122001 version 1',
      `root          ${new X509Certificate(bench.authority.rootCertificate).fingerprint256.replaceAll(':', '').toLowerCase()}`,
    ])
      expect(text).toContain(words);
    expect(text).toMatch(/SHA-256 {7}[0-9a-f]{64}$/);
  });

  test('takes the root as PEM or DER, and several', async () => {
    const der = write('verify-root.der', bench.authority.rootCertificate);
    const other = (await makeBench()).authority.rootCertificate;
    const strange = write('strange.der', other);
    expect((await run(good, '--root', der)).code).toBe(0);
    expect((await run(good, '--root', strange, '--root', root)).code).toBe(0);
    const { code, text } = await run(good, '--root', strange);
    expect(code).toBe(1);
    expect(text).toMatch(/good\.pdf: NOT VALID\n {2}untrusted: root certificate [0-9a-f]{64} is not one of ours/);
  }); // prettier-ignore

  test('without any root trusts nobody, and still tells what it saw', async () => {
    const { code, text } = await run(good);
    expect(code).toBe(1);
    expect(text).toContain('untrusted');
    expect(text).toContain('赵影像');
  });

  test('of many files one that is not valid is enough to fail; each has its verdict', async () => {
    const { code, text } = await run(good, plain, root, '--root', root);
    expect(code).toBe(1);
    expect(text).toContain(`${good}: valid`);
    expect(text).toContain(`${plain}: NOT VALID\n  unsigned: the file carries no signature`);
    expect(text).toContain(`${root}: NOT VALID\n  unreadable: not a PDF file`);
    const json = JSON.parse((await run(good, plain, '--json', '--root', root)).text) as { valid: boolean }[];
    expect(json.map(({ valid }) => valid)).toEqual([true, false]);
    expect(JSON.parse((await run(good, '--json', '--root', root)).text)).toMatchObject({
      valid: true,
      faults: [],
    });
  });

  test('counts a revocation that became known later', async () => {
    const revokedAt = new Date(signedAt.getTime() - 3_600_000);
    const revoked = [
      { serialNumber: bench.person.serialNumber, revokedAt, reason: 'key-compromise' as const },
    ];
    const list = write('later.crl', await bench.list({ revoked, at: new Date(signedAt.getTime() + 86_400_000) }));
    const { code, text } = await run(good, '--root', root, '--crl', list);
    expect([code, text]).toEqual([1, expect.stringContaining('revoked: ')]);
  }); // prettier-ignore

  test.each([
    [['x.pdf'], /^Cannot read the report x\.pdf$/],
    [['GOOD', '--root', 'x.pem'], /^x\.pem is not a certificate|Cannot read the root certificate/],
    [['GOOD', '--crl', 'x.crl'], /^Cannot read the revocation list x\.crl$/],
    [['GOOD', '--rot', 'x'], /--rot/],
    [[], /^Usage: hub verify/],
  ])('%j stops with what is wrong', async (args, words) => {
    await expect(run(...args.map((arg) => (arg === 'GOOD' ? good : arg)))).rejects.toThrow(words);
  });

  test('a list that is none makes no verdict of valid', async () => {
    const list = write('none.crl', 'no list');
    const { code, text } = await run(good, '--root', root, '--crl', list);
    expect(code).toBe(1);
    expect(text).toContain('NOT VALID');
    expect(fs.existsSync(path.join(folder, 'none.crl'))).toBe(true);
  });
});
