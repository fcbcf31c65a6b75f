/** One suite of digest and signature. The names are those written beside every sealed or signed value. */
export interface SignatureAlgorithm {
  readonly name: 'ecdsa-p256-sha256' | 'sm2-sm3';
  /** As node:crypto calls it. */
  readonly digest: 'sha256' | 'sm3';
  readonly digestIdentifier: string;
  readonly signatureIdentifier: string;
}

export const ecdsaP256Sha256: SignatureAlgorithm = {
  name: 'ecdsa-p256-sha256',
  digest: 'sha256',
  digestIdentifier: '2.16.840.1.101.3.4.2.1',
  signatureIdentifier: '1.2.840.10045.4.3.2',
};

/** GM/T 0006 identifiers. The hub itself holds no SM2 keys: they come with an external signer. */
export const sm2Sm3: SignatureAlgorithm = {
  name: 'sm2-sm3',
  digest: 'sm3',
  digestIdentifier: '1.2.156.10197.1.401',
  signatureIdentifier: '1.2.156.10197.1.501',
};

export const signatureAlgorithms: readonly SignatureAlgorithm[] = [ecdsaP256Sha256, sm2Sm3];

/** Object identifiers of CMS (RFC 5652), ESS (RFC 5035) and X.509 that are used here. */
export const identifier = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStampToken: '1.2.840.113549.1.9.16.2.14',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
  crlReason: '2.5.29.21',
} as const;
