import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { autoverificationRefusals } from '../../../server/lab/rules/autoverify.ts';
import { evaluate, formulaInputs } from '../../../server/lab/rules/calculate.ts';
import { deltaCheck } from '../../../server/lab/rules/delta.ts';
import { flagResult, parseValue } from '../../../server/lab/rules/flagResult.ts';
import { chooseRange, rangeText, type ReferenceRange } from '../../../server/lab/rules/referenceRange.ts';
import { stabilityHold } from '../../../server/lab/rules/stability.ts';
import { printedUnit, sameUnit } from '../../../server/lab/rules/units.ts';
import { unitText } from '../../../viewer/src/centers/lab/unitText.ts';
import {
  brokenRules,
  DEFAULT_PLAN,
  judge,
  meanAndSd,
  sigmaMetric,
  type QcPoint,
} from '../../../server/lab/rules/westgard.ts';
import { checkDigit, isPlausibleBarcode } from '../../../server/lab/specimen/barcode.ts';
import { fillTubes } from '../../../server/lab/specimen/planContainers.ts';

const range = (part: Partial<ReferenceRange>): ReferenceRange => ({
  id: 'r',
  sex: null,
  ageFromDays: 0,
  ageToDays: 54_786,
  pregnant: null,
  method: null,
  low: null,
  high: null,
  normalText: null,
  criticalLow: null,
  criticalHigh: null,
  validFrom: '2000-01-01',
  validTo: null,
  ...part,
});

describe('flags', () => {
  const potassium = range({ low: 3.5, high: 5.3, criticalLow: 2.8, criticalHigh: 6.2 });
  test.each([
    ['4.2', 'N', false],
    ['3.5', 'N', false],
    ['5.3', 'N', false],
    ['3.49', 'L', false],
    ['5.31', 'H', false],
    ['2.79', 'LL', true],
    ['2.8', 'L', false],
    ['6.21', 'HH', true],
    ['<2.8', 'LL', true],
    ['<0.5', 'LL', true],
    ['>6.2', 'HH', true],
    ['<4', null, false],
    ['>10', 'HH', true],
  ])('potassium %s → %s', (written, flag, critical) => {
    expect(flagResult(parseValue(written)!, potassium)).toEqual({ flag, critical });
  });
  test('no range, no flag; a side that is missing is not judged', () => {
    expect(flagResult(parseValue('999')!, undefined)).toEqual({ flag: null, critical: false });
    expect(flagResult(parseValue('0.001')!, range({ high: 5 }))).toEqual({ flag: 'N', critical: false });
  });
  test.each(['', '***.**', '----', '   ', '?', '.'])('%j is no value', (written) =>
    expect(parseValue(written)).toBeUndefined(),
  );
  test('choices are abnormal by the list of the test', () => {
    expect(flagResult(parseValue('1+')!, range({ normalText: '阴性' }), ['1+', '2+'])).toEqual({
      flag: 'A',
      critical: false,
    });
    expect(flagResult(parseValue('阴性')!, range({ normalText: '阴性' }), ['1+'])).toEqual({
      flag: 'N',
      critical: false,
    });
  });
});

describe('ranges', () => {
  const rows = [
    range({ id: 'any', low: 1 }),
    range({ id: 'm', sex: 'M', low: 2 }),
    range({ id: 'preg', sex: 'F', pregnant: true, low: 3 }),
    range({ id: 'baby', ageToDays: 28, low: 4 }),
    range({ id: 'old', validTo: '2010-01-01', sex: 'M', low: 9 }),
  ];
  const pick = (subject: Parameters<typeof chooseRange>[1]) => chooseRange(rows, subject)?.id;
  test('by sex, age, pregnancy and day; the most specific wins', () => {
    expect(pick({ sex: 'M', birthDate: '1980-01-01', on: '2026-11-22' })).toBe('m');
    expect(pick({ sex: 'F', birthDate: '1990-01-01', on: '2026-11-22', pregnant: true })).toBe('preg');
    expect(pick({ sex: 'F', birthDate: '2026-11-10', on: '2026-11-22' })).toBe('baby');
    expect(pick({ sex: 'F', birthDate: null, on: '2026-11-22' })).toBe('any');
  });
  test('as printed', () => {
    expect([
      rangeText(range({ low: 3.5, high: 9.5 }), 2),
      rangeText(range({ high: 5.2 }), 1),
      rangeText(range({ normalText: '阴性' }), 0),
      rangeText(undefined, 0),
    ]).toEqual(['3.50～9.50', '≤5.2', '阴性', null]);
  });
});

describe('Westgard', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  const history = (...zs: number[]): QcPoint[] => zs.map((z, n) => ({ z, level: 1, at: at(n + 1) }));
  const next = (zs: number[], z: number) =>
    brokenRules(history(...zs), { z, level: 1, at: at(zs.length + 1) });
  test.each([
    [[], 2.1, '1-2s'],
    [[], -3.1, '1-3s'],
    [[2.2], 2.3, '2-2s'],
    [[1.2, 1.3], 1.1, '3-1s'],
    [[1.2, 1.3, 1.1], 1.4, '4-1s'],
    [[0.1, 0.2, 0.3, 0.1, 0.4, 0.2, 0.1, 0.3, 0.2], 0.1, '10x'],
    [[-0.6, -0.4, -0.2, 0, 0.2, 0.4], 0.6, '7T'],
  ])('%j then %d breaks %s', (zs, z, rule) => expect(next(zs, z)).toContain(rule));
  test('R-4s and 2-2s hold between levels of one run, not between days', () => {
    const high: QcPoint = { z: 2.2, level: 2, at: at(1) };
    expect(brokenRules([high], { z: -2.1, level: 1, at: new Date(at(1).getTime() + 60_000) })).toContain(
      'R-4s',
    );
    expect(brokenRules([high], { z: 2.4, level: 1, at: new Date(at(1).getTime() + 60_000) })).toContain(
      '2-2s',
    );
    expect(brokenRules([high], { z: -2.1, level: 1, at: at(3) })).not.toContain('R-4s');
  });
  test('a level that was measured again counts as it stands now', () => {
    const minutes = (n: number) => new Date(at(1).getTime() + n * 60_000);
    const earlier: QcPoint[] = [
      { z: 2.4, level: 2, at: minutes(0) },
      { z: 0.2, level: 2, at: minutes(20) },
    ];
    const broken = brokenRules(earlier, { z: 2.1, level: 1, at: minutes(25) });
    expect(broken).toEqual(['1-2s']);
    expect(brokenRules(earlier.slice(0, 1), { z: 2.1, level: 1, at: minutes(25) })).toContain('2-2s');
  });
  test('opposite signs break no one-sided rule; verdict by the plan', () => {
    expect(next([2.2], -2.3)).not.toContain('2-2s');
    expect([
      judge(['1-2s'], DEFAULT_PLAN),
      judge(['1-3s'], DEFAULT_PLAN),
      judge([], DEFAULT_PLAN),
      judge(['1-2s'], { '1-2s': 'off' }),
    ]).toEqual(['warning', 'rejected', 'in-control', 'in-control']);
  });
  test('mean, SD and sigma', () => {
    expect(meanAndSd([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, sd: expect.closeTo(2.138, 3) });
    expect(sigmaMetric(10, -1, 1.5)).toBe(6);
    expect(sigmaMetric(10, 1, 0)).toBeUndefined();
  });
});

test('stability: whole blood and separated serum are judged by their own limits, transport by its temperatures', () => {
  const limits = {
    wholeBloodStabilityMinutes: 120,
    stabilityMinutes: 2880,
    transportMinCelsius: 2,
    transportMaxCelsius: 8,
  };
  const when = (minutes: number) => new Date(minutes * 60_000);
  const times = (
    separated: number | null,
    at: number,
    coldest: number | null = 4,
    warmest: number | null = 6,
  ) => ({
    collectedAt: when(0),
    separatedAt: separated === null ? null : when(separated),
    at: when(at),
    coldest,
    warmest,
  });
  expect(stabilityHold(limits, times(null, 100))).toBeUndefined();
  expect(stabilityHold(limits, times(null, 121))).toBe('whole-blood-expired');
  expect(stabilityHold(limits, times(30, 600))).toBeUndefined();
  expect(stabilityHold(limits, times(150, 160))).toBe('separated-late');
  expect(stabilityHold(limits, times(30, 3000))).toBe('stability-expired');
  expect(stabilityHold(limits, times(30, 60, 1))).toBe('too-cold');
  expect(stabilityHold(limits, times(30, 60, 4, 9))).toBe('too-warm');
});

describe('calculated tests', () => {
  test('Friedewald, brackets, missing inputs, division by zero, hostile text', () => {
    const values: Record<string, number> = { TC: 5.2, HDL: 1.2, TG: 1.1, ZERO: 0 };
    expect(evaluate('[TC] - [HDL] - [TG] / 2.2', (code) => values[code])).toBeCloseTo(3.5);
    expect(evaluate('([TC] - [HDL]) * -2', (code) => values[code])).toBeCloseTo(-8);
    expect(evaluate('[TC] - [NOPE]', (code) => values[code])).toBeUndefined();
    expect(evaluate('[TC] / [ZERO]', (code) => values[code])).toBeUndefined();
    expect(formulaInputs('[TP] - [ALB]')).toEqual(['TP', 'ALB']);
    for (const bad of ['', '[TP] -', '(1', 'process.exit()', '[tp]', '1 2'])
      expect(() => formulaInputs(bad)).toThrow();
  });
});

test('delta check: percent against the earlier value, beyond the limit only within its time', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, n));
  expect(deltaCheck(6, { value: 4, at: day(1) }, day(2), { percent: 20, hours: 72 })).toEqual({
    percent: 50,
    failed: true,
  });
  expect(deltaCheck(6, { value: 4, at: day(1) }, day(9), { percent: 20, hours: 72 })).toEqual({
    percent: 50,
    failed: false,
  });
  expect(deltaCheck(6, undefined, day(2), { percent: 20, hours: 72 })).toBeUndefined();
});

test('autoverification never passes what is critical, held, flagged, out of limits or changed', () => {
  const good = {
    valueNumber: 141,
    comparator: null,
    flag: 'N',
    critical: false,
    deltaPercent: 2,
    deltaFailed: false,
    holds: [],
    interference: null,
    hasRange: true,
  };
  const settings = { allowFlags: false, low: 130, high: 150, deltaPercent: 10 };
  expect(autoverificationRefusals(good, settings)).toEqual([]);
  expect(autoverificationRefusals({ ...good, critical: true, flag: 'HH' }, { allowFlags: true })).toEqual([
    'critical',
    'flag',
  ]);
  expect(
    autoverificationRefusals({ ...good, flag: 'H', valueNumber: 151 }, { ...settings, allowFlags: true }),
  ).toEqual(['above-limit']);
  expect(
    autoverificationRefusals(
      { ...good, holds: ['qc-expired'], hasRange: false, deltaPercent: -12 },
      settings,
    ),
  ).toEqual(['qc-expired', 'no-range', 'delta']);
});

test('units are compared by spelling, never converted', () => {
  for (const same of [
    ['×10⁹/L', '10^9/L'],
    ['10*9/L', '10E9/L'],
    ['μmol/L', 'umol/L'],
    ['MMOL/L', 'mmol/L'],
  ])
    expect(sameUnit(same[0]!, same[1]!)).toBe(true);
  for (const other of [
    ['g/dL', 'g/L'],
    ['10^9/L', '10^12/L'],
    ['mg/dL', 'mmol/L'],
  ])
    expect(sameUnit(other[0]!, other[1]!)).toBe(false);
});

test.each([
  ['10^9/L', '10⁹/L'],
  ['10*12/L', '10¹²/L'],
  ['×10^9/L', '×10⁹/L'],
  ['10^-3', '10⁻³'],
  ['mmol/L', 'mmol/L'],
  [null, ''],
])('the unit %s is printed as %s', (unit, printed) => {
  expect(printedUnit(unit)).toBe(printed);
  expect(unitText(unit)).toBe(printed); // the browser says the same
});

test('a tube number with one wrong digit is never plausible', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 99_999_999_999 }),
      fc.nat(11),
      fc.integer({ min: 1, max: 9 }),
      (n, position, shift) => {
        const digits = String(n).padStart(11, '0');
        const code = digits + checkDigit(digits);
        expect(isPlausibleBarcode(`T${code}`)).toBe(true);
        const wrong =
          code.slice(0, position) + ((Number(code[position]) + shift) % 10) + code.slice(position + 1);
        expect(isPlausibleBarcode(`T${wrong}`)).toBe(false);
      },
    ),
  );
});

test('tests of one tube type share a tube until half its volume is used', () => {
  const make = (n: number, tubeCode = 'SST', volumeUl = 600) =>
    Array.from({ length: n }, (_, i) => ({
      testCode: `${tubeCode}${i}`,
      tubeCode,
      specimenType: '血清',
      volumeUl,
      tubeMl: 5,
      calculated: false,
    }));
  expect(
    fillTubes([...make(4), ...make(2, 'EDTA')]).map((tube) => [tube.tubeCode, tube.testCodes.length]),
  ).toEqual([
    ['SST', 4],
    ['EDTA', 2],
  ]);
  expect(fillTubes(make(6)).map((tube) => tube.testCodes.length)).toEqual([4, 2]);
  expect(fillTubes([...make(4), { ...make(1)[0]!, testCode: 'CALC', calculated: true }])).toHaveLength(1);
});
