import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { tTangent } from '../../../viewer/src/centers/ecg/measure/beatGeometry.ts';
import { contradictsNormal, flagDetail } from '../../../viewer/src/centers/ecg/flagDetail.ts';
import words from '../../../viewer/src/locales/zh-CN/ecg.json' with { type: 'json' };

const t = ((key: string) =>
  (words.value as Record<string, string>)[key.slice(6)]) as unknown as TFunction<'ecg'>;

test('what a flag says carries its units', () => {
  expect(flagDetail({ II: 210, aVF: 224 }, t)).toBe('II 210 aVF 224 µV');
  expect(flagDetail({ rrMs: 3600 }, t)).toBe('RR 3600 ms');
  expect(flagDetail({ heartRateBpm: 35, prSpreadMs: 90 }, t)).toBe('心率 35 bpm PR 离散 90 ms');
  expect(flagDetail({ episodes: 1, longestSeconds: 840, burdenPercent: 0.97 }, t)).toBe(
    '段数 1 最长 840 s 占全程 0.97 %',
  );
});

test('normal in one key waits until suspected fibrillation is dismissed', () => {
  expect(contradictsNormal([])).toBe(false);
  expect(contradictsNormal([{ tier: 'information', state: 'open' }])).toBe(false);
  expect(contradictsNormal([{ tier: 'notable', state: 'open' }])).toBe(true);
  expect(contradictsNormal([{ tier: 'notable', state: 'confirmed' }])).toBe(true);
  expect(contradictsNormal([{ tier: 'critical', state: 'dismissed' }])).toBe(false);
});

test('the tangent of a T wave meets the baseline where its steepest fall would end', () => {
  const rate = 500;
  const microvolts = Array.from({ length: 400 }, (_, i) => {
    const ms = i * 2;
    return ms < 400 ? 0 : ms < 500 ? (ms - 400) * 4 : ms < 600 ? (600 - ms) * 4 : 0;
  });
  const fiducials = { rMs: 220, qrsOnMs: 200, qrsOffMs: 290, tOffMs: 620 };
  const beat = { samplingRateHz: rate, beatsUsed: 10, fiducials, leads: [{ name: 'II', microvolts }] };
  expect(tTangent(beat as never, 'II', fiducials as never)?.endMs).toBe(600);
  // at the mark of the QRS this lead is in its Q wave already: the level before it counts
  microvolts[100] = -80;
  expect(tTangent(beat as never, 'II', fiducials as never)?.endMs).toBe(600);
});
