import fs from 'node:fs';
import path from 'node:path';
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { sm2Sm3 } from '../../../../server/core/signature/algorithm.ts';
import { readPdf } from '../../../../server/core/signature/pdf/readPdf.ts';
import { readSignature } from '../../../../server/core/signature/pdf/readSignature.ts';
import { readDer } from '../../../../server/core/signature/der.ts';
import { signPdf } from '../../../../server/core/signature/signPdf.ts';
import type { Signer } from '../../../../server/core/signature/signer.ts';
import { verifyPdf } from '../../../../server/core/signature/verifyPdf.ts';
import { folder, installed, makeBench, plainPdf, run, write } from './signingTools.ts';
import type { Bench } from './signingTools.ts';

// Peers judge certificates by the clock of this machine, so these signatures are of now.
const now = new Date();
let bench: Bench;
let signed: Buffer;
let file: string;
let root: string;

beforeAll(async () => {
  bench = await makeBench(new Date(now.getTime() - 24 * 3_600_000));
  signed = await signPdf(await plainPdf(), await bench.signer({ at: new Date(now.getTime() - 60_000) }), {
    signedAt: now,
    reason: '报告签发',
    location: '青禾县人民医院',
  });
  file = write('signed.pdf', signed);
  root = write('root.pem', new X509Certificate(bench.authority.rootCertificate).toString());
});

function damaged(): string {
  const bytes = Buffer.from(signed);
  const at = bytes.indexOf('stream') + 20;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return write('damaged.pdf', bytes);
}

describe.skipIf(!installed('pdfsig', '-v'))('pdfsig', () => {
  test('finds the signature valid over the total document', () => {
    const { output } = run('pdfsig', file);
    expect(output).toContain('Signature is Valid');
    expect(output).toContain('Total document signed');
    expect(output).toContain('ETSI.CAdES.detached');
    expect(output).toContain('赵影像');
  });

  test('finds the changed byte', () => {
    expect(run('pdfsig', damaged()).output).toContain('Digest Mismatch');
  });

  test.skipIf(!installed('certutil', '-H'))('trusts the certificate once the root is installed', () => {
    const store = path.join(folder, 'nss');
    fs.mkdirSync(store);
    expect(run('certutil', '-N', '-d', `sql:${store}`, '--empty-password').status).toBe(0);
    expect(run('certutil', '-A', '-d', `sql:${store}`, '-n', 'hub', '-t', ',C,', '-i', root).status).toBe(0);
    expect(run('pdfsig', '-nssdir', store, file).output).toContain('Certificate is Trusted');
  });
});

describe.skipIf(!installed('openssl', 'version'))('openssl cms', () => {
  const parts = (pdf: Buffer): { cms: string; content: string } => {
    const { contents, contentsStart, contentsEnd } = readSignature(readPdf(pdf))!;
    return {
      cms: write('signature.der', readDer(contents).bytes),
      content: write(
        'content.bin',
        Buffer.concat([pdf.subarray(0, contentsStart), pdf.subarray(contentsEnd)]),
      ),
    };
  };
  const verify = (cms: string, content: string) =>
    run(
      'openssl',
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      cms,
      '-content',
      content,
      '-CAfile',
      root,
      '-crl_check_all',
      '-out',
      '/dev/null',
    );

  test('verifies content, chain and revocation with nothing but the root certificate', () => {
    const { cms, content } = parts(signed);
    expect(verify(cms, content)).toMatchObject({ status: 0 });
  });

  test('refuses a changed byte', () => {
    const { cms, content } = parts(signed);
    const bytes = fs.readFileSync(content);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    expect(verify(cms, write('changed.bin', bytes)).status).not.toBe(0);
  });

  test('refuses a certificate that the list inside revokes', async () => {
    const past = new Date(now.getTime() - 3_600_000);
    const signer = await bench.signer({
      at: past,
      revoked: [{ serialNumber: bench.person.serialNumber, revokedAt: past, reason: 'key-compromise' }],
    });
    const { cms, content } = parts(await signPdf(await plainPdf(), signer, { signedAt: now }));
    const verdict = verify(cms, content);
    expect(verdict.status).not.toBe(0);
    expect(verdict.output).toContain('certificate revoked');
  });

  test('an external authority takes over: SM2 with SM3 by certificates made outside', async () => {
    const signer = externalSm2Signer();
    const pdf = await signPdf(await plainPdf(), signer, { signedAt: new Date() });
    const verdict = verifyPdf(pdf, { trustedRoots: [signer.certificateChain.at(-1)!] });
    expect(verdict.faults).toEqual([]);
    expect(verdict.signer).toMatchObject({ name: '外部签名人', algorithm: 'sm2-sm3' });
    const changed = Buffer.from(pdf);
    changed[100] = (changed[100] ?? 0) ^ 1;
    expect(verifyPdf(changed, { trustedRoots: [signer.certificateChain.at(-1)!] }).valid).toBe(false);
  });
});

/** Stands for a licensed CA: root, person and list are made by openssl, the hub only sees the adapter. */
function externalSm2Signer(): Signer {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]): void => {
    const done = run('openssl', ...args);
    if (done.status !== 0) throw new Error(done.output);
  };
  write(
    'ca.cnf',
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${at('index.txt')}\nserial=${at('serial')}\ncrlnumber=${at('crlnumber')}\ndefault_md=sm3\ndefault_crl_days=30\n`,
  );
  write('index.txt', '');
  write('crlnumber', '01\n');
  for (const name of ['ca', 'person']) openssl('genpkey', '-algorithm', 'SM2', '-out', at(`sm2-${name}.key`));
  openssl(
    'req',
    '-x509',
    '-new',
    '-sm3',
    '-key',
    at('sm2-ca.key'),
    '-subj',
    '/C=CN/O=CA/CN=SM2 ROOT',
    '-days',
    '30',
    '-out',
    at('sm2-ca.pem'),
  );
  openssl(
    'req',
    '-new',
    '-sm3',
    '-utf8',
    '-key',
    at('sm2-person.key'),
    '-subj',
    '/C=CN/CN=外部签名人',
    '-out',
    at('sm2-person.csr'),
  );
  openssl(
    'x509',
    '-req',
    '-sm3',
    '-in',
    at('sm2-person.csr'),
    '-CA',
    at('sm2-ca.pem'),
    '-CAkey',
    at('sm2-ca.key'),
    '-set_serial',
    '0x51',
    '-days',
    '20',
    '-out',
    at('sm2-person.pem'),
  );
  openssl(
    'ca',
    '-gencrl',
    '-config',
    at('ca.cnf'),
    '-keyfile',
    at('sm2-ca.key'),
    '-cert',
    at('sm2-ca.pem'),
    '-out',
    at('sm2.crl.pem'),
  );
  openssl('crl', '-in', at('sm2.crl.pem'), '-outform', 'DER', '-out', at('sm2.crl'));
  const key = createPrivateKey(fs.readFileSync(at('sm2-person.key')));
  return {
    certificateChain: ['sm2-person.pem', 'sm2-ca.pem'].map(
      (name) => new X509Certificate(fs.readFileSync(at(name))).raw,
    ),
    revocationLists: [fs.readFileSync(at('sm2.crl'))],
    algorithm: sm2Sm3,
    sign: (bytes) => Promise.resolve(sign(sm2Sm3.digest, bytes, key)),
  };
}

test.skipIf(!installed('qpdf', '--version'))('qpdf finds nothing wrong with the file', () => {
  expect(run('qpdf', '--check', file)).toMatchObject({ status: 0 });
});

test.skipIf(!installed('pdfdetach', '-v'))('pdfdetach lists and saves report.json', () => {
  expect(run('pdfdetach', '-list', file).output).toContain('report.json');
  const out = path.join(folder, 'saved.json');
  expect(run('pdfdetach', '-save', '1', '-o', out, file).status).toBe(0);
  expect(JSON.parse(fs.readFileSync(out, 'utf8'))).toEqual({ accessionNumber: 'I20261122001', number: 1 });
});
