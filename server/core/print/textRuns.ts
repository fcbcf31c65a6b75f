import { face } from './faces.ts';
import type { Face } from './faces.ts';
import { rareGlyph } from './rareGlyphs.ts';
import type { RareGlyph } from './rareGlyphs.ts';

/** A stretch of a line that is drawn in one way. Widths are in thousandths of the size. */
export type TextRun =
  | { kind: 'text'; text: string; width: number }
  /** Drawn as a shape: a rare hanzi, or a small digit above or below the line that the font lacks (×10⁹/L). */
  | { kind: 'outline'; actual: string; glyph: RareGlyph; scale: number; rise: number; width: number }
  /** No font has it: its code is printed, so that nothing is lost silently. */
  | { kind: 'code'; text: string; actual: string; width: number };

const smallScale = 0.62;
export const codeScale = 0.7;

const raised = new Map(
  [...'⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾'].map((sign, index) => [sign, [...'0123456789+-=()'][index] ?? '']),
);
const lowered = new Map(
  [...'₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎'].map((sign, index) => [sign, [...'0123456789+-=()'][index] ?? '']),
);

/** Signs without a shape of their own: controls, joiners, direction marks, variation selectors. */
const shapeless =
  /\p{Cc}|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|\p{Variation_Selector}/gu;

/** What can be printed of a text: one kind of line break, tabs as spaces, nothing shapeless. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/\t/g, '    ')
    .split('\n')
    .map((line) => line.replace(shapeless, ''))
    .join('\n');
}

/** Splits one line into runs; every code point of it is in exactly one run. */
export function textRuns(line: string, strong = false): TextRun[] {
  const font = face(strong ? 'bold' : 'regular');
  const runs: TextRun[] = [];
  for (const sign of line) {
    const run = runFor(sign, font);
    const last = runs.at(-1);
    if (run.kind === 'text' && last?.kind === 'text') {
      last.text += run.text;
      last.width += run.width;
    } else runs.push(run);
  }
  return runs;
}

function runFor(sign: string, font: Face): TextRun {
  const codePoint = sign.codePointAt(0) ?? 0;
  if (font.has(codePoint)) return { kind: 'text', text: sign, width: font.advance(codePoint) };
  const up = raised.get(sign);
  const small = up ?? lowered.get(sign);
  if (small !== undefined) return outlineRun(sign, ownGlyph(small, font), smallScale, up ? 0.34 : -0.12);
  const glyph = rareGlyph(codePoint);
  if (glyph) return outlineRun(sign, glyph, 1, 0);
  const code = `〔U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}〕`;
  return { kind: 'code', text: code, actual: sign, width: width(code, font) * codeScale };
}

function outlineRun(actual: string, glyph: RareGlyph, scale: number, rise: number): TextRun {
  return {
    kind: 'outline',
    actual,
    glyph,
    scale,
    rise,
    width: (glyph.advance * 1000 * scale) / glyph.unitsPerEm,
  };
}

function ownGlyph(sign: string, { font }: Face): RareGlyph {
  const glyph = font.glyphForCodePoint(sign.codePointAt(0) ?? 0);
  return { outline: glyph.path.toSVG(), advance: glyph.advanceWidth, unitsPerEm: font.unitsPerEm };
}

function width(text: string, font: Face): number {
  let sum = 0;
  for (const sign of text) sum += font.advance(sign.codePointAt(0) ?? 0);
  return sum;
}

/** Width of a line in points. */
export function textWidth(line: string, size: number, strong = false): number {
  return (textRuns(line, strong).reduce((sum, run) => sum + run.width, 0) * size) / 1000;
}

/** Characters of a text that no font can show. */
export function unprintable(text: string): string[] {
  return [
    ...new Set(
      textRuns(printable(text).replaceAll('\n', '')).flatMap((run) =>
        run.kind === 'code' ? [run.actual] : [],
      ),
    ),
  ];
}
