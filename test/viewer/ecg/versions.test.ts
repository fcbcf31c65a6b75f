import { expect, test } from 'vitest';
import { versionsOf } from '../../../viewer/src/centers/ecg/measure/versions.ts';
import type { Recording } from '../../../viewer/src/centers/ecg/types.ts';

const marks = (tOffMs: number) => ({ qrsOnMs: 200, qrsOffMs: 290, tOffMs, rMs: 240 });
const correction = (id: string, correctedBy: string, tOffMs: number, qtMs: number) => ({
  id,
  correctedBy,
  correctedAt: '2026-11-30T08:00:00Z',
  fiducials: marks(tOffMs),
  measurements: { qrsMs: 90, qtMs },
});

test('every correction is told against the one before it, the first against the automatic measurement', () => {
  const recording = {
    automatic: {
      measurements: { qrsMs: 90, qtMs: 380 },
      medianBeat: { samplingRateHz: 500, beatsUsed: 9, fiducials: marks(580), leads: [] },
    },
    // newest first, as the hub answers
    corrections: [correction('b', '高翔', 600, 400), correction('a', '何明', 560, 360)],
  } as unknown as Recording;
  expect(
    versionsOf(recording).map(({ number, correctedBy, marks, values }) => [
      number,
      correctedBy,
      marks,
      values,
    ]),
  ).toEqual([
    [2, '高翔', [{ key: 'tOffMs', before: 560, after: 600 }], [{ key: 'qtMs', before: 360, after: 400 }]],
    [1, '何明', [{ key: 'tOffMs', before: 580, after: 560 }], [{ key: 'qtMs', before: 380, after: 360 }]],
  ]);
  expect(versionsOf({ ...recording, corrections: [] })).toEqual([]);
});
