import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakLines, fitLine } from '../../../../server/core/print/breakLines.ts';
import { textWidth } from '../../../../server/core/print/textRuns.ts';

const sign = fc.constantFrom(...'双肺纹理,。《》(mm)abc WBC 12.4×10⁹/L𠮷\n\u{E000}-、'.split(/(?:)/u));

test('no line is wider than asked for, and no character is lost', () => {
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 200 }), fc.integer({ min: 60, max: 400 }), (signs, width) => {
      const text = signs.join('');
      const lines = breakLines(text, width, 10);
      for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(width + 0.001);
      const visible = (value: string) => value.replace(/[\s]/g, '');
      expect(visible(lines.join(''))).toBe(visible(text));
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('no line begins with 。 or ends with 《', () => {
  const lines = breakLines('双肺纹理清晰。见《诊断学》第三章。'.repeat(20), 120, 10);
  for (const line of lines) {
    expect(line).not.toMatch(/^[。》,]/);
    expect(line).not.toMatch(/《$/);
  }
});

test('a line that must be one ends in …', () => {
  const line = fitLine('柳河镇卫生院'.repeat(20), 100, 10);
  expect(line.endsWith('…')).toBe(true);
  expect(textWidth(line, 10)).toBeLessThanOrEqual(100);
});
