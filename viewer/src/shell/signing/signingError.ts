import type { TFunction } from 'i18next';
import { ApiError } from '../../api/client.ts';
import { dateTime } from '../format.ts';

const known = [
  'wrong-pin',
  'wrong-password',
  'not-enrolled',
  'already-enrolled',
  'locked',
  'pin-rules',
] as const;

/** What the hub says about PIN and certificate, in the words of the page; undefined for every other failure. */
export function signingError(error: unknown, t: TFunction): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const rule = (error.problem.errors ?? []).some((fault) => 'code' in fault && fault.code === 'pin-rules');
  const code = rule ? 'pin-rules' : known.find((one) => one === error.code);
  if (!code) return undefined;
  const until = error.problem.lockedUntil;
  return t(`signature:problem.${code}`, {
    left: error.problem.attemptsLeft,
    until: typeof until === 'string' ? dateTime(until) : '',
  });
}
