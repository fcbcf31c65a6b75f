import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskIdentifier } from '../../../../server/core/patient/findOrCreatePatient.ts';
import { hubPatientNumber } from '../../../../server/core/patient/loadOrderPatient.ts';
import { isoDate, nameAgrees } from '../../../../server/core/patient/matchPatient.ts';
import { latinName, namePinyin } from '../../../../server/core/patient/pinyin.ts';

describe('a masked number', () => {
  test.each([
    ['', ''],
    ['1234', '****'],
    ['12345', '1***5'],
    ['MRN1234', 'M***234'],
    ['H0012345', 'H***2345'],
    ['320621199002031015', '3206**********1015'],
  ])('of %s is %s', (value, masked) => {
    expect(maskIdentifier(value)).toBe(masked);
  });

  test('is as long as the number, hides three characters at least and shows the others where they stand', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{1,40}$/), (value) => {
        const masked = maskIdentifier(value);
        expect(masked).toHaveLength(value.length);
        expect([...masked].filter((sign) => sign === '*').length).toBeGreaterThanOrEqual(
          Math.min(3, value.length),
        );
        for (const [at, sign] of [...masked].entries()) if (sign !== '*') expect(sign).toBe(value[at]);
      }),
    );
  });
});

describe('the search key of a name', () => {
  test.each([
    ['张伟', 'zhangwei zw'],
    ['单雄信', 'shanxiongxin sxx'],
    ['欧阳娜', 'ouyangna oyn'],
    ['O’Neil', 'oneil o'],
    ['', ' '],
  ])('of %s is "%s"', (name, key) => {
    expect(namePinyin(name)).toBe(key);
  });

  test('holds nothing but small letters, digits and the blank between its halves, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (name) => {
        expect(namePinyin(name)).toMatch(/^[a-z0-9]* [a-z0-9]*$/);
      }),
    );
  });

  test('for a device without Chinese it is written in capitals', () => {
    expect(latinName('王珅')).toBe('WANG SHEN');
  });
});

describe('a name as devices send it', () => {
  test.each([
    ['王珅', '王珅', true],
    ['Wang^Shen=王^珅', '王珅', true],
    ['Wang^Shen=王^坤', '王珅', false],
    ['SHEN WANG', '王珅', true],
    ['wangshen', '王珅', true],
    ['Wang^Kun', '王珅', false],
    ['LYU^LAN', '吕兰', true],
    ['Lv^Lan', '吕兰', true],
    ['Lu Lan', '吕兰', true],
    ['John Smith', 'Smith John', true],
    ['Smith^John2', 'Smith John', false],
    ['', '王珅', undefined],
    ['^^^^', '王珅', undefined],
    ['XXX', '王珅', undefined],
  ])('%s against %s: %s', (sent, name, agrees) => {
    expect(nameAgrees(sent, name)).toBe(agrees);
  });
});

test.each([
  ['19900203', '1990-02-03'],
  ['1990-02-03', '1990-02-03'],
  ['1990.02.03', '1990-02-03'],
  [' 19900203 ', '1990-02-03'],
  ['199002', undefined],
  ['1990/02/03', undefined],
  ['', undefined],
  [null, undefined],
])('the date %s is read as %s', (date, iso) => {
  expect(isoDate(date)).toBe(iso);
});

test('the number that the hub gives fits the 16 characters of some modalities and tells patients apart', () => {
  const number = hubPatientNumber('01941f29-7c00-7000-8000-0123456789ab');
  expect(number).toBe('P0123456789AB');
  expect(hubPatientNumber('01941f29-7c00-7000-8000-0123456789ac')).not.toBe(number);
});
