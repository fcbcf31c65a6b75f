import fs from 'node:fs';
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';

export type FaceName = 'regular' | 'bold';

/** A typeface of the documents, opened once per process. */
export interface Face {
  readonly name: FaceName;
  readonly file: string;
  readonly font: fontkit.Font;
  has(codePoint: number): boolean;
  /** In thousandths of the size. */
  advance(codePoint: number): number;
}

const { resolve } = createRequire(import.meta.url);
const files = {
  regular: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
} as const;
const opened = new Map<string, Face>();

/** Noto Sans SC. It holds all hanzi of the basic plane and of 通用规范汉字表. */
export function face(name: FaceName): Face {
  const known = opened.get(name);
  if (known) return known;
  const file = resolve(files[name]);
  const font = fontkit.create(fs.readFileSync(file)) as fontkit.Font;
  const advances = new Map<number, number>();
  const made: Face = {
    name,
    file,
    font,
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    advance(codePoint) {
      let advance = advances.get(codePoint);
      if (advance === undefined) {
        advance = (font.glyphForCodePoint(codePoint).advanceWidth * 1000) / font.unitsPerEm;
        advances.set(codePoint, advance);
      }
      return advance;
    },
  };
  opened.set(name, made);
  return made;
}
