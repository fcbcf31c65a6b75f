import { describe, expect, test } from 'vitest';
import { changeOf, fellBeyondChance, judge } from '../../../../server/core/quality/judge.ts';
import { spanBefore } from '../../../../server/core/quality/readOverview.ts';

const up = { better: 'up', target: 0.95 } as const;
const down = { better: 'down', target: 0.05 } as const;

describe('a figure against its target', () => {
  test('is not judged on fewer than twenty cases, however bad it looks', () => {
    expect(judge({ numerator: 0, denominator: 19 }, up)).toBe('few');
    expect(judge({ numerator: 0, denominator: 20 }, up)).toBe('missed');
  });

  test('says nothing where nothing was counted, and only observes without a target', () => {
    expect(judge({ numerator: 0, denominator: 0 }, up)).toBe('none');
    expect(judge({ numerator: 1, denominator: 500 }, { better: 'down', target: null })).toBe('observed');
  });

  test('exactly at the target meets it, in both directions', () => {
    expect(judge({ numerator: 95, denominator: 100 }, up)).toBe('met');
    expect(judge({ numerator: 5, denominator: 100 }, down)).toBe('met');
  });

  test('misses only where chance does not explain it', () => {
    expect(judge({ numerator: 92, denominator: 100 }, up)).toBe('near');
    expect(judge({ numerator: 920, denominator: 1000 }, up)).toBe('missed');
    expect(judge({ numerator: 8, denominator: 100 }, down)).toBe('near');
    expect(judge({ numerator: 80, denominator: 1000 }, down)).toBe('missed');
  });

  test('a target of all forgives no miss', () => {
    expect(judge({ numerator: 99, denominator: 100 }, { better: 'up', target: 1 })).toBe('missed');
    expect(judge({ numerator: 100, denominator: 100 }, { better: 'up', target: 1 })).toBe('met');
  });
});

describe('a change against the span before', () => {
  test('within chance is steady, beyond it has the direction of the indicator', () => {
    const before = { numerator: 950, denominator: 1000 };
    expect(changeOf({ numerator: 945, denominator: 1000 }, before, 'up')).toBe('steady');
    expect(changeOf({ numerator: 900, denominator: 1000 }, before, 'up')).toBe('worse');
    expect(changeOf({ numerator: 900, denominator: 1000 }, before, 'down')).toBe('better');
  });

  test('is unknown on few cases and steady when both are whole', () => {
    expect(changeOf({ numerator: 1, denominator: 3 }, { numerator: 90, denominator: 100 }, 'up')).toBe('unknown'); // prettier-ignore
    expect(changeOf({ numerator: 50, denominator: 50 }, { numerator: 90, denominator: 90 }, 'up')).toBe('steady'); // prettier-ignore
  });

  test('the span before has the same length and ends the day before', () => {
    expect(spanBefore('2026-11-01', '2026-11-30')).toEqual({ from: '2026-10-02', to: '2026-10-31' });
    expect(spanBefore('2026-03-01', '2026-03-01')).toEqual({ from: '2026-02-28', to: '2026-02-28' });
  });
});

describe('a fall beyond chance', () => {
  test.each([
    ['85.2 % after 93.3 % on a handful of cases is chance', [23, 27], [28, 30], 'up', false],
    ['the same shares on many cases are not', [852, 1000], [933, 1000], 'up', true],
    ['more rejections are a fall where less is better', [60, 400], [40, 1200], 'down', true],
    ['fewer rejections are none', [4, 400], [120, 1200], 'down', false],
    ['a better share is none', [99, 100], [70, 100], 'up', false],
    ['nothing before, nothing said', [5, 100], [0, 0], 'up', false],
    ['all and all', [50, 50], [300, 300], 'up', false],
  ] as const)('%s', (_, [n, d], [n0, d0], better, fell) =>
    expect(fellBeyondChance({ numerator: n, denominator: d }, { numerator: n0, denominator: d0 }, better, 3).fell).toBe(fell),
  ); // prettier-ignore
});
