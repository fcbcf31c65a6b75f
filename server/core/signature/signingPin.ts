import type { Keys } from '../keys.ts';
import { invalid } from '../errors.ts';
import type { PinSecret } from './pinSeal.ts';

export const pinSecret = (keys: Pick<Keys, 'derive'>, value: string): PinSecret => ({
  value,
  pepper: keys.derive('signature'),
});

/** Six to twelve digits, neither one digit repeated nor counted up or down. Throws `invalid`. */
export function checkPinRules(pin: string): void {
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]));
  const even = steps.every((step) => step === steps[0]) && Math.abs(steps[0] ?? 0) <= 1;
  if (!/^\d{6,12}$/.test(pin) || even)
    throw invalid('the signing PIN needs 6 to 12 digits that are neither all the same nor in sequence', [
      { path: 'pin', code: 'pin-rules' },
    ]);
}
