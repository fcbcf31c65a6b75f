import { describe, expect, test } from 'vitest';
import { createWheelSteps } from '../../viewer/src/panes/wheelSteps.ts';

/** One event every `everyMs`, of pixels down. */
function turned(
  deltas: readonly number[],
  { everyMs = 8, wheelDeltaOf = (y: number) => -3 * y } = {},
): number[] {
  const stepsOf = createWheelSteps();
  return deltas.map((deltaY, index) =>
    stepsOf({ deltaY, deltaMode: 0, wheelDeltaY: wheelDeltaOf(deltaY), timeStamp: index * everyMs }),
  );
}
const sum = (steps: readonly number[]) => steps.reduce((all, step) => all + step, 0);

describe('turns of the wheel', () => {
  test('a notch of a mouse is a slice, whatever its pixels', () => {
    for (const deltaY of [100, 120, 53, 66])
      expect(turned([deltaY, deltaY, -deltaY], { wheelDeltaOf: (y) => -120 * Math.sign(y) })).toEqual([
        1, 1, -1,
      ]);
  });
  test('notches that the browser gathered into one event are all counted', () => {
    expect(turned([240, -360], { wheelDeltaOf: (y) => -y })).toEqual([2, -3]);
  });
  test('lines are notches', () => {
    const stepsOf = createWheelSteps();
    expect(stepsOf({ deltaY: 3, deltaMode: 1, timeStamp: 0 })).toBe(1);
  });
  test('a swipe of 120 small moves a second goes by its length, not by their number', () => {
    const swipe = Array.from({ length: 120 }, (_, index) => 4 + (index % 17));
    expect(sum(turned(swipe))).toBe(1 + Math.trunc((sum(swipe) - 4) / 30));
    expect(sum(turned(swipe.map((y) => -y)))).toBe(-1 - Math.trunc((sum(swipe) - 4) / 30));
  });
  test('the first small move steps at once, so do slow ones', () => {
    expect(turned([4, 4, 4], { everyMs: 8 })).toEqual([1, 0, 0]);
    expect(turned([4, 4, 4], { everyMs: 200 })).toEqual([1, 1, 1]);
  });
  test('a finger that trembles back does not step back', () => {
    expect(sum(turned([12, 12, -1, 12]))).toBe(1);
  });
  test('sideways is no turn', () => {
    expect(turned([0, -0])).toEqual([0, 0]);
  });
});
