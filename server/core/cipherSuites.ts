import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

export interface Sealed {
  iv: Buffer;
  tag: Buffer;
  text: Buffer;
}

/**
 * Algorithms for data at rest. The international suite is AES-256-GCM with SHA-256; the commercial one (密评) is
 * SM4-CTR (GB/T 32907) authenticated by HMAC-SM3 (GB/T 32905) over iv and cipher text.
 */
export interface CipherSuite {
  name: SuiteName;
  /** Stands first in every sealed value. */
  label: string;
  /** Digest of key derivation, look-up hashes and the audit chain. */
  digest: 'sha256' | 'sm3';
  seal(key: Buffer, plain: Uint8Array): Sealed;
  /** Throws when key, iv, tag or text do not belong together. */
  open(key: Buffer, sealed: Sealed): Buffer;
}

export const SUITE_NAMES = ['international', 'sm'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

export const international: CipherSuite = {
  name: 'international',
  label: 'A256GCM',
  digest: 'sha256',
  seal(key, plain) {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return { iv, tag: cipher.getAuthTag(), text };
  },
  open(key, { iv, tag, text }) {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  },
};

export const sm: CipherSuite = {
  name: 'sm',
  label: 'SM4CTR-SM3',
  digest: 'sm3',
  seal(key, plain) {
    const iv = randomBytes(16);
    const cipher = createCipheriv('sm4-ctr', part(key, 'cipher', 16), iv);
    const text = Buffer.concat([cipher.update(plain), cipher.final()]);
    return { iv, tag: sm3Tag(key, iv, text), text };
  },
  open(key, { iv, tag, text }) {
    const expected = sm3Tag(key, iv, text);
    if (tag.length !== expected.length || !timingSafeEqual(tag, expected))
      throw new Error('the sealed value was altered, or sealed with another key');
    const decipher = createDecipheriv('sm4-ctr', part(key, 'cipher', 16), iv);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  },
};

const part = (key: Buffer, purpose: string, length: number) =>
  Buffer.from(hkdfSync('sm3', key, 'county-hub', purpose, length));

const sm3Tag = (key: Buffer, iv: Buffer, text: Buffer) =>
  createHmac('sm3', part(key, 'tag', 32))
    .update(iv)
    .update(text)
    .digest();

const suites: Record<SuiteName, CipherSuite> = { international, sm };
export const suiteNamed = (name: SuiteName = 'international'): CipherSuite => suites[name];

/** The suite that a sealed value names first; undefined for an unknown one. */
export const suiteLabelled = (label: string | undefined): CipherSuite | undefined =>
  Object.values(suites).find((suite) => suite.label === label);
