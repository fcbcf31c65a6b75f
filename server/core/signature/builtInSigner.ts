import { createPrivateKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { ecdsaP256Sha256 } from './algorithm.ts';
import type { Signer } from './signer.ts';

const signBytes = promisify(sign);

/**
 * The signer of one person by the built-in authority, for one request: the opened key is forgotten with the object.
 * `pkcs8` is wiped.
 */
export function builtInSigner(
  pkcs8: Buffer,
  certificateChain: readonly Uint8Array[],
  revocationLists: readonly Uint8Array[],
): Signer {
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  pkcs8.fill(0);
  return {
    certificateChain,
    revocationLists,
    algorithm: ecdsaP256Sha256,
    sign: (toBeSigned) => signBytes(ecdsaP256Sha256.digest, toBeSigned, key),
  };
}
