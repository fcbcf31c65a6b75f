import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasCheckDigit, looksLikeGs1, parseGs1 } from '../../../../server/sterilization/formats/gs1.ts';

const GS = '\u001d';

test('a bracketed implant code gives GTIN, dates, lot and serial number', () => {
  const code = parseGs1('(01)06901234567892(11)250131(17)280200(10)A-17/3(21)S0042');
  expect(code).toMatchObject({
    gtin: '06901234567892',
    producedOn: '2025-01-31',
    expiresOn: '2028-02-29', // day 00 = last day of the month, in a leap year
    lot: 'A-17/3',
    serialNumber: 'S0042',
    warnings: [],
  });
});

test('a raw code reads the same with FNC1, with or without its symbology prefix', () => {
  const raw = `01069012345678921125013117280229${'10'}A-17/3${GS}21S0042`;
  const expected = parseGs1('(01)06901234567892(11)250131(17)280229(10)A-17/3(21)S0042').elements;
  for (const text of [raw, `]d2${raw}`, `${GS}${raw}`, `]C1${raw}\r\n`, `${raw}${GS}`])
    expect(parseGs1(text).elements).toEqual(expected);
});

test('a tray by GRAI and an instrument by GIAI', () => {
  expect(parseGs1(`800306901234567892T0007${GS}`)).toMatchObject({ grai: '06901234567892T0007' });
  expect(parseGs1('(8004)6901234INSTR9')).toMatchObject({ giai: '6901234INSTR9' });
});

test('a swallowed separator is flagged, not guessed', () => {
  expect(parseGs1('010690123456789210LOT117261231').warnings).toEqual(['separator-may-be-missing']);
  expect(parseGs1(`010690123456789217261231${'10'}LOT1`).warnings).toEqual([]);
});

test.each([
  ['wrong check digit', '(01)06901234567893'],
  ['month 13', '(17)271301'],
  ['31 February', '(17)270231'],
  ['unknown identifier', '(05)123'],
  ['short GTIN', '010690'],
  ['lot too long', '(10)ABCDEFGHIJKLMNOPQRSTU'],
  ['Chinese in a lot', '(10)批号'],
  ['twice with two values', '(10)A(10)B'],
  ['broken bracket', '(01)06901234567892(17'],
  ['nothing', '  '],
  ['endless', '9'.repeat(500)],
])('%s is refused', (_, text) => {
  expect(() => parseGs1(text)).toThrow(/./);
});

test('what is composed is read back', () => {
  const value = fc.stringMatching(/^[A-Z0-9/-]{1,20}$/);
  fc.assert(
    fc.property(value, value, (lot, serial) => {
      const code = parseGs1(`]d20106901234567892${'10'}${lot}${GS}21${serial}`);
      expect([code.lot, code.serialNumber]).toEqual([lot, serial]);
    }),
  );
});

test('random text either reads or is refused with a domain error', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      try {
        parseGs1(text);
      } catch (error) {
        expect(error).toHaveProperty('status', 422);
      }
    }),
  );
});

test('check digit and recognition', () => {
  expect(hasCheckDigit('06901234567892')).toBe(true);
  expect(hasCheckDigit('06901234567890')).toBe(false);
  expect(looksLikeGs1(']d20106901234567892')).toBe(true);
  expect(looksLikeGs1('P2611220001')).toBe(false);
});
