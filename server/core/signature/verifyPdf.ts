import { X509Certificate, createHash, timingSafeEqual, verify } from 'node:crypto';
import { DerError, der, derTag, readDer } from './der.ts';
import { checkCertificatePath } from './checkCertificatePath.ts';
import { messageDigestOf, readSignedData } from './cms/readSignedData.ts';
import { isStampOf } from './cms/readTimeStamp.ts';
import { signedAttributesContent } from './cms/signedAttributes.ts';
import { commonName, organizationName, subjectSerialNumber } from './distinguishedName.ts';
import { fingerprint } from './authority.ts';
import { PdfError } from './pdf/objects.ts';
import { readAttachment } from './pdf/readAttachment.ts';
import { readPdf } from './pdf/readPdf.ts';
import { readSignature } from './pdf/readSignature.ts';
import type { PdfSignature } from './pdf/readSignature.ts';

export type SignatureFaultCode =
  | 'unreadable'
  | 'unsigned'
  | 'changed'
  | 'signature'
  | 'chain'
  | 'expired'
  | 'revoked'
  | 'revocation-unknown'
  | 'untrusted';

export interface SignatureFault {
  readonly code: SignatureFaultCode;
  readonly detail: string;
}

export interface PdfVerdict {
  /** True when nothing is wrong: unchanged, signed by a certificate valid and not revoked then, under a trusted root. */
  readonly valid: boolean;
  readonly faults: readonly SignatureFault[];
  readonly signedAt?: Date;
  readonly reason?: string | undefined;
  readonly signer?: {
    name: string;
    organization: string | undefined;
    /** What the authority calls the person; the staff id for the built-in one. */
    serialNumber: string | undefined;
    algorithm: string;
    certificate: string;
    root: string;
    timeStamped: boolean;
  };
  readonly sha256: string;
  /** `report.json` inside; only given when the signature covers it unchanged. */
  report?: unknown;
}

/**
 * Judges a PDF signed by `signPdf` at its claimed time of signing. `trustedRoots` are certificates (DER); without
 * one of them at the end of the chain the verdict is `untrusted`. `revocationLists` newer than those inside may be
 * given: a revocation dated before the signature counts whenever it became known.
 * Never throws for a bad file: the faults say what is wrong.
 */
export function verifyPdf(
  pdf: Buffer,
  trust: { trustedRoots: readonly Uint8Array[]; revocationLists?: readonly Uint8Array[] },
): PdfVerdict {
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  try {
    const file = readPdf(pdf);
    const signature = readSignature(file);
    if (!signature)
      return {
        valid: false,
        sha256,
        faults: [{ code: 'unsigned', detail: 'the file carries no signature' }],
      };
    const judged = judge(pdf, signature, trust);
    const intact = !judged.faults.some((fault) => fault.code === 'changed' || fault.code === 'signature');
    const report = intact ? readAttachment(file, 'report.json') : undefined;
    return {
      valid: judged.faults.length === 0,
      sha256,
      ...judged,
      ...(report && { report: JSON.parse(report.toString('utf8')) as unknown }),
    };
  } catch (error) {
    if (isUnreadable(error))
      return { valid: false, sha256, faults: [{ code: 'unreadable', detail: error.message }] };
    throw error;
  }
}

/** What readers throw for a broken file, OpenSSL for a broken certificate or key inside it. */
function isUnreadable(error: unknown): error is Error {
  if (error instanceof PdfError || error instanceof DerError || error instanceof SyntaxError) return true;
  return (
    error instanceof Error && 'code' in error && /^ERR_(OSSL|CRYPTO|INVALID_ARG)/.test(String(error.code))
  );
}

function judge(
  pdf: Buffer,
  signature: PdfSignature,
  trust: { trustedRoots: readonly Uint8Array[]; revocationLists?: readonly Uint8Array[] },
): Omit<PdfVerdict, 'valid' | 'sha256'> & { faults: SignatureFault[] } {
  const faults: SignatureFault[] = signature.faults.map((detail) => ({ code: 'changed', detail }));
  const signedDataBytes = readDer(signature.contents).bytes;
  const signed = readSignedData(signedDataBytes);
  if (signature.contents.subarray(signedDataBytes.length).some((byte) => byte !== 0))
    faults.push({ code: 'changed', detail: 'bytes stand behind the signature' });
  const chain = signed.certificateChain.map((certificate) => new X509Certificate(certificate));
  const [own] = chain;
  const root = chain.at(-1);
  if (!own || !root) throw new DerError('certificate of the signer is missing');

  const digest = createHash(signed.algorithm.digest)
    .update(pdf.subarray(0, signature.contentsStart))
    .update(pdf.subarray(signature.contentsEnd))
    .digest();
  const attributes = Buffer.from(signed.signedAttributesContent);
  const stored = messageDigestOf(attributes);
  if (stored?.length !== digest.length || !timingSafeEqual(stored, digest))
    faults.push({ code: 'changed', detail: 'the document was changed after signing' });
  else if (!signedAttributesContent(digest, signed.certificateChain, signed.algorithm).equals(attributes))
    faults.push({ code: 'signature', detail: 'the signature does not name this certificate chain' });
  if (!sameBytes(signed.revocationLists, signature.revocationLists))
    faults.push({ code: 'changed', detail: 'revocation lists of signature and document differ' });
  if (
    !verify(
      signed.algorithm.digest,
      der(derTag.set, attributes),
      own.publicKey,
      Buffer.from(signed.signatureValue),
    )
  )
    faults.push({ code: 'signature', detail: 'the signature value does not fit the signer certificate' });

  if (signed.timeStampToken && !isStampOf(Buffer.from(signed.timeStampToken), signed.signatureValue))
    faults.push({ code: 'changed', detail: 'the time stamp is of another signature' });

  const lists = [...signed.revocationLists, ...(trust.revocationLists ?? [])];
  faults.push(...checkCertificatePath(chain, lists, signature.signedAt));
  if (!trust.trustedRoots.some((trusted) => Buffer.from(trusted).equals(root.raw)))
    faults.push({
      code: 'untrusted',
      detail: `root certificate ${fingerprint(root.raw)} is not one of ours`,
    });
  return {
    faults,
    signedAt: signature.signedAt,
    reason: signature.reason,
    signer: {
      name: commonName(own.subject),
      organization: organizationName(own.subject),
      serialNumber: subjectSerialNumber(own.subject),
      algorithm: signed.algorithm.name,
      certificate: fingerprint(own.raw),
      root: fingerprint(root.raw),
      timeStamped: signed.timeStampToken !== undefined && faults.every(({ code }) => code !== 'changed'),
    },
  };
}

function sameBytes(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  const sorted = (parts: readonly Uint8Array[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.from(part)).sort(Buffer.compare));
  return sorted(left).equals(sorted(right));
}
