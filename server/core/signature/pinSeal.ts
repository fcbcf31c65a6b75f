import { argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;
// A PIN is short: the pepper (from the key file, outside the database) makes guessing from a stolen database
// impossible, the cost slows whoever holds both.
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const nonceBytes = 12;
const tagBytes = 16;

export interface PinSecret {
  readonly value: string;
  /** Key that is not in the database, mixed in as the secret of Argon2 (RFC 9106 §3.1). */
  readonly pepper: Uint8Array;
}

/**
 * Seals a private key with a PIN: `argon2id$m=…,t=…,p=…$<salt>$A256GCM$<nonce>$<cipher text and tag>`.
 * `owner` is bound in, so that a sealed key moved to another person does not open.
 */
export async function sealWithPin(plain: Uint8Array, pin: PinSecret, owner: string): Promise<string> {
  const salt = randomBytes(16);
  const nonce = randomBytes(nonceBytes);
  const head = `argon2id$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${salt.toString('base64url')}$A256GCM`;
  const cipher = createCipheriv('aes-256-gcm', await pinKey(pin, salt, cost, owner), nonce);
  cipher.setAAD(Buffer.from(head));
  const text = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `${head}$${nonce.toString('base64url')}$${text.toString('base64url')}`;
}

/** The private key, or undefined when the PIN is wrong. Throws when the value itself is not readable. */
export async function openWithPin(
  sealed: string,
  pin: PinSecret,
  owner: string,
): Promise<Buffer | undefined> {
  const match = /^(argon2id\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$A256GCM)\$([\w-]+)\$([\w-]+)$/.exec(sealed);
  if (!match) throw new Error('The sealed signing key is not readable');
  const [, head = '', memory, passes, parallelism, salt = '', nonce = '', text = ''] = match;
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const key = await pinKey(pin, Buffer.from(salt, 'base64url'), parameters, owner);
  const bytes = Buffer.from(text, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(head));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(0, -tagBytes));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plain;
}

function pinKey(
  pin: PinSecret,
  salt: Buffer,
  parameters: { memory: number; passes: number; parallelism: number },
  owner: string,
): Promise<Buffer> {
  return derive('argon2id', {
    message: pin.value,
    nonce: salt,
    ...parameters,
    tagLength: 32,
    secret: pin.pepper,
    associatedData: Buffer.from(owner),
  });
}
