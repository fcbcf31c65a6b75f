import { createHash, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../../../../../server/core/signature/authority.ts';
import { ecdsaP256Sha256, identifier, sm2Sm3 } from '../../../../../server/core/signature/algorithm.ts';
import {
  buildSignedData,
  issuerAndSerialNumber,
  orderChain,
  type SignedDataParts,
} from '../../../../../server/core/signature/cms/buildSignedData.ts';
import { messageDigestOf, readSignedData } from '../../../../../server/core/signature/cms/readSignedData.ts';
import { signedAttributesContent } from '../../../../../server/core/signature/cms/signedAttributes.ts';
import {
  der,
  DerError,
  derChildren,
  derContext,
  derInteger,
  derObjectIdentifier,
  derSequence,
  derTag,
  readDer,
} from '../../../../../server/core/signature/der.ts';
import { signDetached } from '../../../../../server/core/signature/signDetached.ts';
import { folder, installed, makeBench, openSeal, run, signedAt, write, type Bench } from '../signingTools.ts';

let bench: Bench;
let parts: SignedDataParts;
let bytes: Buffer;
const content = Buffer.from('灭菌放行记录 20261122001');
beforeAll(async () => {
  bench = await makeBench();
  bytes = await signDetached(content, await bench.signer());
  parts = readSignedData(bytes);
});

const digest = () => createHash('sha256').update(content).digest();

describe('signed data', () => {
  test('is read as it was written: chain in order, lists, attributes, value', () => {
    const { authority, person } = bench;
    expect(parts.certificateChain.map((certificate) => Buffer.from(certificate))).toEqual([
      person.certificate,
      authority.issuingCertificate,
      authority.rootCertificate,
    ]);
    expect(parts.revocationLists).toHaveLength(2);
    expect(parts.algorithm).toBe(ecdsaP256Sha256);
    expect(parts.timeStampToken).toBeUndefined();
    expect(messageDigestOf(Buffer.from(parts.signedAttributesContent))).toEqual(digest());
    expect(buildSignedData(parts).equals(bytes)).toBe(true);
  });

  test('with a time stamp keeps it apart from what is signed', () => {
    const timeStampToken = derSequence(derInteger(7));
    const stamped = readSignedData(buildSignedData({ ...parts, timeStampToken }));
    expect(stamped.timeStampToken).toEqual(timeStampToken);
    expect(stamped.signedAttributesContent).toEqual(parts.signedAttributesContent);
  });

  test('without any list has none', () => {
    expect(readSignedData(buildSignedData({ ...parts, revocationLists: [] })).revocationLists).toEqual([]);
  });

  test('needs the certificate of its signer', () => {
    expect(() => buildSignedData({ ...parts, certificateChain: [] })).toThrow('certificate of its signer');
  });

  const wrap = (...fields: Buffer[]) =>
    derSequence(derObjectIdentifier(identifier.signedData), derContext(0, derSequence(...fields)));
  const certificates = () => derContext(0, ...parts.certificateChain);
  const other = '1.2.840.113549.1.7.1';
  test.each([
    ['of nothing', () => Buffer.alloc(0)],
    ['of another type', () => derSequence(derObjectIdentifier(other), derContext(0, derSequence()))],
    ['that is empty', () => derSequence(derObjectIdentifier(identifier.signedData), derContext(0))],
    ['whose content is not tagged', () => derSequence(derObjectIdentifier(identifier.signedData), derSequence())],
    ['without certificates', () => wrap(derInteger(1), der(derTag.set), derSequence(), der(derTag.set))],
    ['without signers', () => wrap(derInteger(1), der(derTag.set), derSequence(), certificates())],
    ['with a signer who says nothing', () => wrap(derInteger(1), der(derTag.set), derSequence(), certificates(), der(derTag.set, derSequence()))],
    ['with no signer', () => wrap(derInteger(1), der(derTag.set), derSequence(), certificates(), der(derTag.set))],
    ['by an algorithm that is not known', () => buildSignedData({ ...parts, algorithm: { ...ecdsaP256Sha256, signatureIdentifier: '1.2.3' } as never })],
    ['whose digest does not go with its signature', () => buildSignedData({ ...parts, algorithm: { ...ecdsaP256Sha256, digestIdentifier: sm2Sm3.digestIdentifier } })],
    ['with a time stamp that is empty', () => buildSignedData({ ...parts, timeStampToken: Buffer.alloc(0) })],
    ['with a byte behind it', () => Buffer.concat([bytes, Buffer.of(0)])],
    ['that is cut off', () => bytes.subarray(0, -1)],
  ] as [string, () => Buffer][])('%s is refused', (_what, make) => {
    expect(() => readSignedData(make())).toThrow(DerError);
  }); // prettier-ignore

  test('whose signer is not among the certificates is refused', () => {
    const [, ...authorities] = parts.certificateChain;
    const text = buildSignedData(parts).toString('hex');
    const [own] = parts.certificateChain.map((certificate) => Buffer.from(certificate).toString('hex'));
    expect(text).toContain(own);
    const without = buildSignedData({ ...parts, certificateChain: authorities });
    // what is left names the issuing authority as signer: a chain, but not this person's
    expect(readSignedData(without).certificateChain).toHaveLength(2);
    const stranger = derSequence(derSequence(), derInteger(5));
    expect(orderChain(parts.certificateChain, stranger)).toEqual([]);
  });

  test('with a certificate that does not belong to the chain is refused: the hub writes none', async () => {
    const { rootCertificate: strange } = await createAuthority(openSeal, {
      organization: '别处',
      now: signedAt,
    });
    const more = buildSignedData({ ...parts, certificateChain: [...parts.certificateChain, strange] });
    expect(() => readSignedData(more)).toThrow('not in the form the hub writes');
  });

  test('any byte of it changed is noticed while it is read, or by what it says', () => {
    let same = 0;
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      try {
        if (buildSignedData(readSignedData(changed)).equals(bytes)) same++;
      } catch {
        // refused is well
      }
    }
    expect(same).toBe(0);
  });
});

describe('the attributes that are signed', () => {
  test('name the whole chain, so that no certificate is exchanged', () => {
    const chain = parts.certificateChain;
    const made = signedAttributesContent(digest(), chain, ecdsaP256Sha256);
    expect(made.equals(Buffer.from(parts.signedAttributesContent))).toBe(true);
    for (const changed of [chain.slice(0, 2), [chain[0]!, chain[2]!, chain[1]!], [...chain, chain[0]!]])
      expect(signedAttributesContent(digest(), changed, ecdsaP256Sha256).equals(made)).toBe(false);
  });

  test('stand in the order of their bytes, each once', () => {
    const attributes: Buffer[] = [];
    const made = Buffer.from(parts.signedAttributesContent);
    for (let at = 0; at < made.length; at += attributes.at(-1)!.length)
      attributes.push(readDer(made, at).bytes);
    expect(attributes).toHaveLength(3);
    expect([...attributes].sort(Buffer.compare)).toEqual(attributes);
  });

  test('say which digest it is where it is not SHA-256', () => {
    const sm = signedAttributesContent(digest(), parts.certificateChain, sm2Sm3);
    expect(sm.includes(derObjectIdentifier(sm2Sm3.digestIdentifier))).toBe(true);
    expect(signedAttributesContent(digest(), [], ecdsaP256Sha256).includes(derObjectIdentifier(ecdsaP256Sha256.digestIdentifier))).toBe(false);
  }); // prettier-ignore

  test('without a message digest have none', () => {
    expect(messageDigestOf(Buffer.alloc(0))).toBeUndefined();
    const attribute = derSequence(derObjectIdentifier(identifier.contentType), der(derTag.set));
    expect(messageDigestOf(attribute)).toBeUndefined();
    expect(() => messageDigestOf(derSequence(derInteger(1)))).toThrow(DerError);
  });
});

test('issuer and serial number are copied from the certificate byte by byte', () => {
  const [issuer, serial] = derChildren(readDer(issuerAndSerialNumber(bench.person.certificate)));
  const certificate = new X509Certificate(bench.person.certificate);
  expect(serial?.content.toString('hex')).toBe(certificate.serialNumber.toLowerCase());
  expect(bench.person.certificate.includes(issuer!.bytes)).toBe(true);
});

describe.skipIf(!installed('openssl', 'version'))('a detached signature, as openssl reads it', () => {
  const verify = (signature: Buffer, signed: Buffer) => {
    const root = write('detached-root.pem', new X509Certificate(bench.authority.rootCertificate).toString());
    const [cms, file] = [write('detached.der', signature), write('detached.bin', signed)];
    const at = ['-attime', String(Math.floor(signedAt.getTime() / 1000))];
    return run('openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', cms, '-content', file, '-CAfile', root, '-crl_check_all', ...at, '-out', path.join(folder, 'detached.out'));
  }; // prettier-ignore

  test('fits its bytes and no others', () => {
    expect(verify(bytes, content)).toMatchObject({ status: 0 });
    expect(fs.readFileSync(path.join(folder, 'detached.out'))).toEqual(content);
    expect(verify(bytes, Buffer.concat([content, Buffer.of(32)])).status).not.toBe(0);
    expect(verify(bytes, Buffer.alloc(0)).status).not.toBe(0);
  });

  test('shows its attributes and its one signer', () => {
    const { output } = run('openssl', 'cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', write('shown.der', bytes)); // prettier-ignore
    for (const words of ['contentType', 'messageDigest', 'signingCertificateV2', 'ecdsa-with-SHA256'])
      expect(output).toContain(words);
    expect(output.match(/issuerAndSerialNumber/g)).toHaveLength(1);
    expect(output).not.toContain('signingTime');
  });
});
