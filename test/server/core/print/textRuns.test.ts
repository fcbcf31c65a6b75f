import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { breakLines, fitLine } from '../../../../server/core/print/breakLines.ts';
import { printable, textRuns, textWidth, unprintable } from '../../../../server/core/print/textRuns.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'双肺纹理清晰。《》𠮷珅×10⁹/L↑ \t\n\r\u200b𡋾H₂O'), maxLength: 60 }),
);

describe('what is printed of a text', () => {
  test('holds one kind of line break and nothing that has no shape', () => {
    expect(printable('a\r\nb\rc\u2028d\u2029e\tf\u202eg\u200bh\ufe0f\u0000')).toBe('a\nb\nc\nd\ne    fgh');
    fc.assert(
      fc.property(text, (given) => {
        const shown = printable(given);
        // eslint-disable-next-line no-control-regex -- that none is left is what is asked
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
        expect(printable(shown), 'a second time nothing more goes').toBe(shown);
      }),
    );
  });

  test('every sign of a line is in one run, in its order, and the widths add up', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (given, strong) => {
        const line = printable(given).replaceAll('\n', '');
        const runs = textRuns(line, strong);
        expect(runs.map((run) => (run.kind === 'text' ? run.text : run.actual)).join('')).toBe(line);
        const sum = runs.reduce((width, run) => width + run.width, 0);
        expect(textWidth(line, 10, strong)).toBeCloseTo(sum / 100, 6);
        for (const run of runs) expect(Number.isFinite(run.width)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('what no font has is named, once each, and printed as its code', () => {
    const odd = String.fromCodePoint(0xe000);
    expect(unprintable(`甲${odd}乙${odd}\n${odd}`)).toEqual([odd]);
    expect(textRuns(odd)).toMatchObject([{ kind: 'code', text: '〔U+E000〕', actual: odd }]);
    expect(unprintable('双肺纹理清晰 10⁹/L H₂O 𠮷')).toEqual([]);
  });

  test('small digits stand above and below the line', () => {
    const [up] = textRuns('⁹');
    const [down] = textRuns('₂');
    expect(up).toMatchObject({ kind: 'outline', actual: '⁹' });
    expect(up?.kind === 'outline' && up.rise > 0).toBe(true);
    expect(down?.kind === 'outline' && down.rise < 0).toBe(true);
  });
});

describe('a line', () => {
  test('that must fit does, keeps the beginning and says that something is cut', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 300 }), (given, width) => {
        const line = fitLine(given, width, 10);
        const all = printable(given).replaceAll('\n', ' ');
        expect(textWidth(line, 10)).toBeLessThanOrEqual(width);
        if (line !== all) {
          expect(line.endsWith('…')).toBe(true);
          expect(all.startsWith(line.slice(0, -1))).toBe(true);
        }
      }),
    );
  });

  test('breaks lose no sign but the blanks at their ends, whatever the text', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 30, max: 200 }), (given, width) => {
        const bare = (words: string) => words.replace(/\s/gu, '');
        expect(bare(breakLines(given, width, 10).join(''))).toBe(bare(printable(given)));
      }),
      { numRuns: 50 },
    );
  });
});
