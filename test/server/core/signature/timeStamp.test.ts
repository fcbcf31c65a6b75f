import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readSignedData } from '../../../../server/core/signature/cms/readSignedData.ts';
import { derChild, derChildren, derTag, readDer } from '../../../../server/core/signature/der.ts';
import { readPdf } from '../../../../server/core/signature/pdf/readPdf.ts';
import { readSignature } from '../../../../server/core/signature/pdf/readSignature.ts';
import type { Signer } from '../../../../server/core/signature/signer.ts';
import { signPdf } from '../../../../server/core/signature/signPdf.ts';
import { verifyPdf } from '../../../../server/core/signature/verifyPdf.ts';
import { folder, installed, makeBench, plainPdf, run, write, type Bench } from './signingTools.ts';

const at = (name: string) => path.join(folder, name);
let bench: Bench;
let signer: Signer;
beforeAll(async () => {
  bench = await makeBench(new Date(Date.now() - 86_400_000));
  signer = await bench.signer({ at: new Date(Date.now() - 60_000) });
});

/** An RFC 3161 authority of openssl: answers a token over the bytes it is shown. */
function startAuthority(): (bytes: Uint8Array) => Buffer {
  write('tsa.cnf', `[tsa]\ndefault_tsa=t\n[t]\nserial=${at('tsa.serial')}\nsigner_cert=${at('tsa.pem')}\nsigner_key=${at('tsa.key')}\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n[req]\ndistinguished_name=dn\n[dn]\n[ext]\nextendedKeyUsage=critical,timeStamping\n`); // prettier-ignore
  write('tsa.serial', '01\n');
  const made = run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('tsa.key'), '-out', at('tsa.pem'), '-subj', '/CN=TSA', '-days', '2', '-config', at('tsa.cnf'), '-extensions', 'ext'); // prettier-ignore
  if (made.status !== 0) throw new Error(made.output);
  return (bytes) => {
    const data = write('stamped.bin', bytes);
    for (const args of [
      ['ts', '-query', '-data', data, '-sha256', '-cert', '-no_nonce', '-out', at('tsa.tsq')],
      ['ts', '-reply', '-config', at('tsa.cnf'), '-section', 't', '-queryfile', at('tsa.tsq'), '-token_out', '-out', at('tsa.token')],
    ]) {
      const done = run('openssl', ...args);
      if (done.status !== 0) throw new Error(done.output);
    } // prettier-ignore
    return fs.readFileSync(at('tsa.token'));
  };
}
const judge = (pdf: Buffer) => verifyPdf(pdf, { trustedRoots: [bench.authority.rootCertificate] });

describe.skipIf(!installed('openssl', 'version'))('a signature with a time stamp of an authority', () => {
  let stamp: ReturnType<typeof startAuthority>;
  let pdf: Buffer;
  const sign = async (timestamp: (value: Uint8Array) => Buffer) =>
    signPdf(
      await plainPdf(),
      { ...signer, timestamp: (value) => Promise.resolve(timestamp(value)) },
      { signedAt: new Date() },
    );
  beforeAll(async () => {
    stamp = startAuthority();
    pdf = await sign(stamp);
  });

  test('is valid and said to be stamped; one without is not', async () => {
    expect(judge(pdf)).toMatchObject({ valid: true, faults: [], signer: { timeStamped: true } });
    const plain = await signPdf(await plainPdf(), signer, { signedAt: new Date() });
    expect(judge(plain)).toMatchObject({ valid: true, signer: { timeStamped: false } });
  });

  test('holds a token that openssl verifies over the signature value', () => {
    const { contents } = readSignature(readPdf(pdf))!;
    const parts = readSignedData(readDer(contents).bytes);
    const token = write('token.der', parts.timeStampToken!);
    const verify = (bytes: Uint8Array) => run('openssl', 'ts', '-verify', '-token_in', '-in', token, '-data', write('value.bin', bytes), '-CAfile', at('tsa.pem')); // prettier-ignore
    expect(verify(parts.signatureValue).output).toContain('Verification: OK');
    expect(verify(Buffer.from('other')).output).not.toContain('Verification: OK');
  });

  test.skipIf(!installed('pdfsig', '-v'))('is valid for pdfsig', () => {
    const { stdout } = spawnSync('pdfsig', [write('stamped.pdf', pdf)], { encoding: 'utf8' });
    expect(stdout).toContain('Signature is Valid');
    expect(stdout).toContain('Total document signed');
  });

  test.each([
    ['another signature', () => stamp(Buffer.from('another signature'))],
    ['nothing', () => Buffer.from('3000', 'hex')],
    ['a number', () => Buffer.from('020101', 'hex')],
    ['a signature that is no stamp', () => {
      const { contents } = readSignature(readPdf(pdf))!;
      return readDer(contents).bytes;
    }],
  ])('of %s is not valid: a token moved here from elsewhere stamps nothing', async (_what, token) => {
    const verdict = judge(await sign(token));
    expect(verdict.valid).toBe(false);
    expect(verdict.signer?.timeStamped ?? false).toBe(false);
  }); // prettier-ignore

  test('that is larger than the room kept for it is refused, not cut', async () => {
    await expect(sign(() => Buffer.alloc(20_000))).rejects.toThrow(/The signature takes \d+ bytes, \d+ are there/);
  }); // prettier-ignore
});

test('a signer without a certificate signs nothing', async () => {
  const bare = { ...signer, certificateChain: [] };
  await expect(signPdf(await plainPdf(), bare, { signedAt: new Date() })).rejects.toThrow('own certificate');
});

test('the token says by SHA-256 which bytes it stamps', () => {
  if (!installed('openssl', 'version')) return;
  const token = startAuthority()(Buffer.from('x'));
  const signedData = derChildren(derChildren(derChild(derChildren(readDer(token)), 1, 0xa0))[0]!);
  const content = derChild(derChildren(derChild(signedData, 2, derTag.sequence)), 1, 0xa0);
  const info = derChildren(readDer(derChildren(content)[0]!.content));
  const imprint = derChildren(derChild(info, 2, derTag.sequence))[1]!.content;
  expect(imprint).toEqual(createHash('sha256').update('x').digest());
});
