import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as fontkit from 'fontkit';

/** The outline of one character, in units of `unitsPerEm`, y upwards. */
export interface RareGlyph {
  readonly outline: string;
  readonly advance: number;
  readonly unitsPerEm: number;
}

interface Piece {
  readonly file: string;
  readonly ranges: readonly (readonly [number, number])[];
  font?: fontkit.Font;
}

const styleSheet = createRequire(import.meta.url).resolve('hanamin/HanaMin.css');
let pieces: Piece[] | undefined;

/**
 * Rare hanzi that the text font lacks (CJK extensions B to F, e.g. 𠮷) out of HanaMin, whose pieces are opened as
 * they are needed. Undefined when it has none either.
 */
export function rareGlyph(codePoint: number): RareGlyph | undefined {
  if (isPrivateUse(codePoint)) return undefined; // such a code means something else in every system
  pieces ??= readPieces();
  for (const piece of pieces) {
    if (!piece.ranges.some(([first, last]) => codePoint >= first && codePoint <= last)) continue;
    piece.font ??= fontkit.create(fs.readFileSync(piece.file)) as fontkit.Font;
    if (!piece.font.hasGlyphForCodePoint(codePoint)) continue;
    const glyph = piece.font.glyphForCodePoint(codePoint);
    return { outline: glyph.path.toSVG(), advance: glyph.advanceWidth, unitsPerEm: piece.font.unitsPerEm };
  }
  return undefined;
}

function isPrivateUse(codePoint: number): boolean {
  return (codePoint >= 0xe000 && codePoint <= 0xf8ff) || codePoint >= 0xf0000;
}

/** Each `@font-face` names a file and the code points in it. */
function readPieces(): Piece[] {
  const text = fs.readFileSync(styleSheet, 'utf8');
  const found: Piece[] = [];
  for (const [, file, list] of text.matchAll(/url\((HanaMin[^)]+)\)[^}]*?unicode-range:\s*([^;}]+)/g)) {
    if (file === undefined || list === undefined) continue;
    const ranges = list.split(',').map((range) => {
      const [first = NaN, last = first] = range
        .trim()
        .slice('U+'.length)
        .split('-')
        .map((hex) => parseInt(hex, 16));
      return [first, last] as const;
    });
    found.push({ file: path.join(path.dirname(styleSheet), file), ranges });
  }
  return found;
}
