import PDFDocument from 'pdfkit';
import type { Font } from 'fontkit';
import { face } from './faces.ts';
import type { Face, FaceName } from './faces.ts';

/**
 * pdfkit opens a font anew for every document: 10 MB of tables each time, 300 ms on a small server. Its own class for
 * embedded fonts takes an opened one, so that class is borrowed from a first document. The fields named here
 * are internal to pdfkit, whose version is pinned; a test notices when they change.
 */
interface EmbeddedFont {
  readonly id: string;
  readonly font: Font;
  readonly subset: { includeGlyph(glyph: number): number };
  readonly widths: (number | undefined)[];
  readonly unicode: (number[] | undefined)[];
  ref(): unknown;
}
interface Internals {
  _font: { constructor: new (document: unknown, font: Font, id: string) => EmbeddedFont };
  _fontFamilies: Record<string, EmbeddedFont>;
  page: { fonts: Record<string, unknown> };
}

const internals = (pdf: PDFKit.PDFDocument): Internals => pdf as unknown as Internals;
let embeddedFontClass: Internals['_font']['constructor'] | undefined;

/** Makes the faces known to a new document: `font('regular')` and `font('bold')` work in drawings as well. */
export function embedFaces(pdf: PDFKit.PDFDocument): void {
  embeddedFontClass ??= internals(new PDFDocument({ font: face('regular').file }))._font.constructor;
  const names: FaceName[] = ['regular', 'bold'];
  names.forEach((name, index) => {
    if (embeddedFontClass)
      internals(pdf)._fontFamilies[name] = new embeddedFontClass(pdf, face(name).font, `F${index + 1}`);
  });
}

/** What a text is called in the content of the current page: the font's name and the codes of its glyphs. */
export function encodeText(
  pdf: PDFKit.PDFDocument,
  text: string,
  { name, font }: Face,
): { font: string; codes: string } {
  const { _fontFamilies: families, page } = internals(pdf);
  const embedded = families[name];
  if (!embedded) throw new Error(`The face ${name} is not embedded in this document`);
  page.fonts[embedded.id] ??= embedded.ref();
  let codes = '';
  for (const sign of text) {
    const codePoint = sign.codePointAt(0) ?? 0;
    const glyph = font.glyphForCodePoint(codePoint);
    const code = embedded.subset.includeGlyph(glyph.id);
    embedded.widths[code] ??= (glyph.advanceWidth * 1000) / font.unitsPerEm;
    embedded.unicode[code] ??= [codePoint];
    codes += code.toString(16).padStart(4, '0');
  }
  return { font: embedded.id, codes };
}
