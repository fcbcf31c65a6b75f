import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openWithPin, sealWithPin } from '../../../../server/core/signature/pinSeal.ts';
import { checkPinRules } from '../../../../server/core/signature/signingPin.ts';

const key = randomBytes(138);
const pin = { value: '246810', pepper: randomBytes(32) };

test('a key opens with its PIN and names how it was sealed', async () => {
  const sealed = await sealWithPin(key, pin, 'staff-1');
  expect(sealed).toMatch(/^argon2id\$m=19456,t=2,p=1\$[\w-]+\$A256GCM\$[\w-]+\$[\w-]+$/);
  expect((await openWithPin(sealed, pin, 'staff-1'))?.equals(key)).toBe(true);
});

test('another PIN, another key file and another person do not open it', async () => {
  const sealed = await sealWithPin(key, pin, 'staff-1');
  expect(await openWithPin(sealed, { ...pin, value: '246811' }, 'staff-1')).toBeUndefined();
  expect(await openWithPin(sealed, { ...pin, pepper: randomBytes(32) }, 'staff-1')).toBeUndefined();
  expect(await openWithPin(sealed, pin, 'staff-2')).toBeUndefined();
});

test('weaker parameters written into the value do not open it', async () => {
  const sealed = await sealWithPin(key, pin, 'staff-1');
  expect(await openWithPin(sealed.replace('t=2', 't=1'), pin, 'staff-1')).toBeUndefined();
});

test.each(['12345', '111111', '123456', '987654', '0123456789012', 'abcdef', ''])(
  '%s is no signing PIN',
  (value) => {
    expect(() => checkPinRules(value)).toThrow('PIN');
  },
);

test.each(['246810', '135791', '900817'])('%s is a signing PIN', (value) => {
  expect(() => checkPinRules(value)).not.toThrow();
});
