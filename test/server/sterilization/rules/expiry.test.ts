import { expect, test } from 'vitest';
import {
  expiresOn,
  expiryState,
  localDay,
  storeIsControlled,
} from '../../../../server/sterilization/rules/expiry.ts';

const cotton = { shelfLifeDays: 14, shelfLifeDaysUncontrolled: 7 };
const nonWoven = { shelfLifeDays: 180, shelfLifeDaysUncontrolled: 180 };

test('cotton keeps 14 days in a controlled store and 7 otherwise', () => {
  expect(expiresOn('2026-11-22', cotton, true)).toBe('2026-12-06');
  expect(expiresOn('2026-11-22', cotton, false)).toBe('2026-11-29');
  expect(expiresOn('2026-11-22', nonWoven, false)).toBe('2027-05-21');
});

test('a store is controlled up to 24 °C and 70 %, and not when nobody measured', () => {
  expect(storeIsControlled({ temperatureC: 24, humidityPercent: 70 })).toBe(true);
  expect(storeIsControlled({ temperatureC: 24.1, humidityPercent: 50 })).toBe(false);
  expect(storeIsControlled({ temperatureC: 20, humidityPercent: 71 })).toBe(false);
  expect(storeIsControlled(undefined)).toBe(false);
});

test('the last day is valid, the next is not; the day is the day in China', () => {
  expect(expiryState('2026-11-22', '2026-11-22')).toBe('soon');
  expect(expiryState('2026-11-21', '2026-11-22')).toBe('expired');
  expect(expiryState('2027-05-21', '2026-11-22', '2026-11-22')).toBe('valid');
  expect(expiryState('2027-05-21', '2027-05-04', '2026-11-22')).toBe('soon');
  expect(localDay(new Date('2026-11-22T16:00:00Z'))).toBe('2026-11-23');
});
