import { expect, test } from 'vitest';
import { sameUnit as hubSays } from '../../../server/lab/rules/units.ts';
import { sameUnit } from '../../../viewer/src/centers/lab/unitText.ts';

test('the dialog asks for a factor for the same units as the hub', () => {
  const units = [
    '10^9/L',
    '×10⁹/L',
    '10*9/L',
    '10E9/L',
    '10*3/uL',
    '10^3/µL',
    'mmol/L',
    'MMOL/L',
    'mg/dL',
    'g /L',
    '10⁻³',
    '',
  ];
  for (const a of units) for (const b of units) expect([a, b, sameUnit(a, b)]).toEqual([a, b, hubSays(a, b)]);
});
