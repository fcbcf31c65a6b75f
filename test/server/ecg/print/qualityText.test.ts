import { expect, test } from 'vitest';
import { qualityText } from '../../../../server/ecg/print/qualityText.ts';

test('the printed report names what is wrong with a recording, each kind once with its leads', () => {
  expect(
    qualityText([
      { kind: 'noise', lead: 'V1' },
      { kind: 'limb-reversal', lead: 'I' },
      { kind: 'noise', lead: 'V2' },
    ]),
  ).toBe('干扰 V1 V2 · 肢体导联反接可疑 I');
  expect(qualityText([])).toBe('');
});
