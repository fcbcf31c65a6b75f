import type { X509Certificate } from 'node:crypto';
import { readRevocationList } from './revocationList.ts';
import type { RevocationList } from './revocationList.ts';
import { derChild, derChildren, derTag, readDer } from './der.ts';

export interface CertificateFault {
  readonly code: 'chain' | 'expired' | 'revoked' | 'revocation-unknown';
  readonly detail: string;
}

/**
 * Judges a chain (signer first, root last) at a moment in the past: every certificate issued by the next, valid at
 * that time and not revoked by then, by revocation lists that spoke for that time. Empty when all is well; whether
 * the root is trusted is the caller's question.
 */
export function checkCertificatePath(
  chain: readonly X509Certificate[],
  revocationLists: readonly Uint8Array[],
  at: Date,
): CertificateFault[] {
  const faults: CertificateFault[] = [];
  const lists = revocationLists.map((bytes) => readRevocationList(Buffer.from(bytes)));
  chain.forEach((certificate, index) => {
    const issuer = chain[index + 1] ?? certificate;
    const name = certificate.subject.replaceAll('\n', ', ');
    if (!isIssuedBy(certificate, issuer, index > 0))
      faults.push({
        code: 'chain',
        detail: `${name}: not issued by ${issuer.subject.replaceAll('\n', ', ')}`,
      });
    if (at < certificate.validFromDate || at > certificate.validToDate)
      faults.push({ code: 'expired', detail: `${name}: not valid at ${at.toISOString()}` });
    if (issuer === certificate) return;
    const fault = checkRevocation(certificate, issuer, lists, at);
    if (fault) faults.push(fault);
  });
  return faults;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate, isAuthority: boolean): boolean {
  return (
    certificate.checkIssued(issuer) &&
    certificate.verify(issuer.publicKey) &&
    issuer.ca &&
    certificate.ca === isAuthority
  );
}

function checkRevocation(
  certificate: X509Certificate,
  issuer: X509Certificate,
  lists: readonly RevocationList[],
  at: Date,
): CertificateFault | undefined {
  const name = certificate.subject.replaceAll('\n', ', ');
  const issuerName = subjectName(issuer);
  const own = lists.filter((list) => list.issuer.equals(issuerName) && list.isSignedBy(issuer));
  const serialNumber = certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, '');
  for (const list of own) {
    const revoked = [...list.revoked].find(
      ([serial]) => serial.replace(/^0+(?=.)/, '') === serialNumber,
    )?.[1];
    if (revoked && revoked.at <= at)
      return { code: 'revoked', detail: `${name}: revoked on ${revoked.at.toISOString()}` };
  }
  // A list issued after signing tells the history as well, so only its beginning of silence is bounded.
  if (!own.some((list) => at <= list.nextUpdate))
    return { code: 'revocation-unknown', detail: `${name}: no revocation list for ${at.toISOString()}` };
  return undefined;
}

/** DER of the subject's name, as revocation lists repeat it. */
function subjectName(certificate: X509Certificate): Buffer {
  const toBeSigned = derChild(derChildren(readDer(Buffer.from(certificate.raw))), 0, derTag.sequence);
  const fields = derChildren(toBeSigned).filter((field) => field.tag !== 0xa0);
  return derChild(fields, 4, derTag.sequence).bytes;
}
