import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCreditCode } from '../../../../server/standards/identity/creditCode.ts';
import { completeIdCard, readIdCard } from '../../../../server/standards/identity/idCard.ts';

/** 17 digits of a person who may live: region, a day of the calendar, sequence. */
const digits = fc
  .record({
    region: fc.integer({ min: 110_000, max: 820_000 }),
    born: fc.date({ min: new Date('1900-01-01'), max: new Date('2026-11-01'), noInvalidDate: true }),
    serial: fc.integer({ min: 0, max: 999 }),
  })
  .map(({ region, born, serial }) => ({
    text: `${region}${born.toISOString().slice(0, 10).replaceAll('-', '')}${String(serial).padStart(3, '0')}`,
    birthDate: born.toISOString().slice(0, 10),
    sex: serial % 2 === 1 ? 'M' : 'F',
  }));

describe('居民身份证 (GB 11643)', () => {
  test('a completed number says birth date and sex, in small letters and with blanks around it too', () => {
    fc.assert(
      fc.property(digits, ({ text, birthDate, sex }) => {
        const number = completeIdCard(text);
        expect(readIdCard(number)).toEqual({ birthDate, sex });
        expect(readIdCard(` ${number.toLowerCase()} `)).toEqual({ birthDate, sex });
      }),
    );
  });

  test('one digit misread, or two neighbours swapped, is never a valid number', () => {
    fc.assert(
      fc.property(digits, fc.nat(16), fc.integer({ min: 1, max: 9 }), ({ text }, at, by) => {
        const number = completeIdCard(text);
        const other = String((Number(number[at]) + by) % 10);
        expect(readIdCard(number.slice(0, at) + other + number.slice(at + 1))).toBeUndefined();
        const [a = '', b = ''] = [number[at], number[at + 1]];
        if (a !== b) expect(readIdCard(number.slice(0, at) + b + a + number.slice(at + 2))).toBeUndefined();
      }),
    );
  });

  test.each([
    ['a day that no calendar has', completeIdCard('32062119900230101')],
    ['the 29th of February of a common year', completeIdCard('32062119000229101')],
    ['a birth before 1900', completeIdCard('32062118991231101')],
    ['a birth in the future', completeIdCard('32062120991231101')],
    ['a region that begins with 0', completeIdCard('02062119900203101')],
    ['15 digits of the old form', '320621900203101'],
    ['17 digits without the check character', '32062119900203101'],
    ['a letter among the digits', '3206211990O203101X'],
    ['full-width digits', '３２０６２１１９９００２０３１０１０'],
    ['nothing', ''],
  ])('%s is none', (_what, number) => {
    expect(readIdCard(number)).toBeUndefined();
  });

  test('the 29th of February of a leap year is a birthday', () => {
    expect(readIdCard(completeIdCard('32062120000229101'))).toEqual({ birthDate: '2000-02-29', sex: 'M' });
  });
});

describe('统一社会信用代码 (GB 32100)', () => {
  test.each(['91350100M000100Y43', '91110000600037341L'])('%s is a published one', (code) => {
    expect(isCreditCode(code)).toBe(true);
  });

  test('another character anywhere makes it wrong, and so do small letters and lengths', () => {
    const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    fc.assert(
      fc.property(fc.nat(17), fc.integer({ min: 1, max: 30 }), (at, by) => {
        const code = '91350100M000100Y43';
        const other = alphabet[(alphabet.indexOf(code[at] ?? '') + by) % 31];
        expect(isCreditCode(code.slice(0, at) + other + code.slice(at + 1))).toBe(false);
      }),
    );
    for (const wrong of [
      '',
      '91350100M000100Y4',
      '91350100M000100Y433',
      '91350100m000100y43',
      '9135O100M000100Y43',
    ])
      expect(isCreditCode(wrong), wrong).toBe(false);
  });
});
