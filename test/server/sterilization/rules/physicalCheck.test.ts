import { expect, test } from 'vitest';
import { computeA0, requiredA0, type CurvePoint } from '../../../../server/sterilization/rules/a0.ts';
import { checkPhysical, type ProgrammeLimits } from '../../../../server/sterilization/rules/physicalCheck.ts';

const none: ProgrammeLimits = {
  purpose: 'production',
  method: null,
  setTemperatureC: null,
  bandC: 3,
  minHoldS: null,
  minPressureKpa: null,
  maxPressureKpa: null,
  minConcentrationMgL: null,
  minHumidityPercent: null,
  maxLeakKpaMin: null,
  minA0: null,
};
const steam134: ProgrammeLimits = {
  ...none,
  method: 'steam-prevacuum',
  setTemperatureC: 134,
  minHoldS: 240,
  minPressureKpa: 201,
  maxPressureKpa: 232,
};
const hold = (temperatureC: number, seconds: number, stepS = 10): CurvePoint[] =>
  Array.from({ length: seconds / stepS + 1 }, (_, index) => ({ s: index * stepS, temperatureC }));
const good = {
  holdS: 300,
  minTemperatureC: 134.2,
  maxTemperatureC: 135.6,
  minPressureKpa: 206,
  maxPressureKpa: 214,
};

test('90 °C for 1 min is A0 600, for 5 min 3000; below 65 °C nothing counts', () => {
  expect(computeA0(hold(90, 60))).toBe(600);
  expect(computeA0(hold(90, 300))).toBe(3000);
  expect(computeA0(hold(80, 100))).toBe(100);
  expect(computeA0(hold(64.9, 3600))).toBe(0);
  expect(requiredA0(true)).toBe(600);
  expect(requiredA0(false)).toBe(3000);
});

test('A0 takes the lower of two samples and nothing across a gap of the recorder', () => {
  expect(
    computeA0([
      { s: 0, temperatureC: 90 },
      { s: 10, temperatureC: 80 },
    ]),
  ).toBe(10);
  expect(
    computeA0([
      { s: 0, temperatureC: 90 },
      { s: 600, temperatureC: 90 },
    ]),
  ).toBe(0);
  expect(
    computeA0([
      { s: 10, temperatureC: 90 },
      { s: 0, temperatureC: 90 },
    ]),
  ).toBe(0);
});

test('a steam cycle within its limits passes', () => {
  expect(checkPhysical(steam134, good)).toMatchObject({ outcome: 'pass', findings: [] });
});

test.each([
  ['hold 239 s', { ...good, holdS: 239 }, { parameter: 'holdS', problem: 'below' }],
  ['133.9 °C', { ...good, minTemperatureC: 133.9 }, { parameter: 'minTemperatureC', problem: 'below' }],
  [
    'more than 3 K above',
    { ...good, maxTemperatureC: 137.1 },
    { parameter: 'maxTemperatureC', problem: 'above' },
  ],
  ['pressure too low', { ...good, minPressureKpa: 190 }, { parameter: 'minPressureKpa', problem: 'below' }],
  ['no hold time recorded', { ...good, holdS: undefined }, { parameter: 'holdS', problem: 'missing' }],
  [
    'the machine says failed',
    { ...good, verdict: 'fail' as const },
    { parameter: 'verdict', problem: 'machine-failed' },
  ],
])('%s fails', (_, recorded, finding) => {
  const check = checkPhysical(steam134, recorded);
  expect(check.outcome).toBe('fail');
  expect(check.findings).toContainEqual(expect.objectContaining(finding));
});

test('a curve overrules a kinder print-out: a dip restarts the exposure', () => {
  const curve = [
    ...hold(134.5, 200),
    { s: 210, temperatureC: 133.5 },
    ...hold(134.5, 150).map((p) => ({ ...p, s: p.s + 220 })),
  ];
  const check = checkPhysical(steam134, good, curve);
  expect(check.judged.holdS).toBe(200);
  expect(check.outcome).toBe('fail');
});

test('a gap of the recorder inside the exposure fails', () => {
  const curve = [...hold(134.5, 100), ...hold(134.5, 200).map((p) => ({ ...p, s: p.s + 200 }))];
  expect(checkPhysical(steam134, good, curve).findings).toContainEqual({
    parameter: 'record',
    problem: 'gap',
    value: 100,
    limit: 60,
  });
});

test('a record that is cut off never passes', () => {
  expect(checkPhysical(steam134, good, [], ['truncated']).outcome).toBe('fail');
});

test('a washer is judged by A0 from its curve, a leak test by its rate', () => {
  const washer = { ...none, purpose: 'wash', minA0: 600 };
  expect(checkPhysical(washer, {}, hold(90, 60)).outcome).toBe('pass');
  expect(checkPhysical(washer, {}, hold(90, 50)).outcome).toBe('fail');
  const leak = { ...none, purpose: 'leak', maxLeakKpaMin: 0.13 };
  expect(checkPhysical(leak, { leakKpaMin: 0.13 }).outcome).toBe('pass');
  expect(checkPhysical(leak, { leakKpaMin: 0.14 }).outcome).toBe('fail');
});
