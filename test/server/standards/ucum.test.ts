import { expect, test } from 'vitest';
import { ucumOf } from '../../../server/standards/ucum.ts';

test.each([
  ['10^9/L', '10*9/L'],
  ['10⁹/L', '10*9/L'],
  ['×10^12/L', '10*12/L'],
  ['10*9/L', '10*9/L'],
  ['μmol/L', 'umol/L'],
  ['mIU/mL', 'm[IU]/mL'],
  ['mL/min/1', 'mL/min/1'],
  ['/HPF', '/[HPF]'],
  ['mmHg', 'mm[Hg]'],
  ['%', '%'],
  ['fL', 'fL'],
  ['s', 's'],
])('%s is %s', (unit, code) => expect(ucumOf(unit)).toBe(code));

test('what UCUM does not know is told as text only', () => {
  for (const unit of ['个/μL', 'S/CO', '', null, 'COI', '+++']) expect(ucumOf(unit)).toBeUndefined();
});
