import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '../errors.ts';

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;
// OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
const COST = { parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 };

/** `argon2id$m=…,t=…,p=…$salt$tag` (base64url). */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive('argon2id', { message: password, nonce, ...COST });
  return `argon2id$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${nonce.toString('base64url')}$${tag.toString('base64url')}`;
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [algorithm, cost = '', salt = '', tag = ''] = stored.split('$');
  const numbers = /^m=(\d+),t=(\d+),p=(\d+)$/.exec(cost);
  if (algorithm !== 'argon2id' || !numbers) return false;
  const expected = Buffer.from(tag, 'base64url');
  const actual = await derive('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64url'),
    memory: Number(numbers[1]),
    passes: Number(numbers[2]),
    parallelism: Number(numbers[3]),
    tagLength: expected.length,
  });
  return timingSafeEqual(actual, expected);
}

/** At least 8 characters of three kinds, without the user name. Throws `invalid`. */
export function checkPasswordRules(password: string, username: string): void {
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password)).length;
  if (
    password.length < 8 ||
    password.length > 200 ||
    kinds < 3 ||
    password.toLowerCase().includes(username.toLowerCase())
  )
    throw invalid(
      'the password needs at least 8 characters of three kinds and must not contain the user name',
      [
        {
          path: 'password',
          code: 'password-rules',
        },
      ],
    );
}
