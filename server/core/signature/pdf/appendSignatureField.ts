import { PdfError, isKind, pdfAscii, pdfName, pdfReference, pdfText, writePdfObject } from './objects.ts';
import type { PdfDictionary, PdfObject, PdfReference } from './objects.ts';
import { readPdf } from './readPdf.ts';
import type { PdfFile } from './readPdf.ts';

export interface SignatureField {
  readonly signedAt: Date;
  readonly signerName: string;
  readonly reason?: string | undefined;
  readonly location?: string | undefined;
  readonly certificates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  /** Room for the CMS signature in bytes. */
  readonly signatureBytes: number;
}

export interface PreparedPdf {
  /** The whole file, `Contents` still zeros, `ByteRange` filled in. */
  readonly bytes: Buffer;
  /** Position of the `<` of `Contents` and of the byte after its `>`. */
  readonly contentsStart: number;
  readonly contentsEnd: number;
}

const byteRangeRoom = 50;

/** PDF date (ISO 32000-2 §7.9.4) in UTC. */
export function pdfDate(date: Date): string {
  return `D:${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/**
 * Adds, as an incremental update (ISO 32000-2 §7.5.6), an invisible certification signature that permits no later
 * change (DocMDP level 1) and the document security store with certificates and revocation lists. Store and
 * field are inside what will be signed.
 */
export function appendSignatureField(original: Buffer, field: SignatureField): PreparedPdf {
  const file = readPdf(original);
  const pageReference = firstPage(file);
  const page = file.dictionary(pageReference);
  const size = file.trailer.get('Size');
  const root = file.trailer.get('Root');
  if (!page || typeof size !== 'number' || !isKind(root, 'reference'))
    throw new PdfError('file has no page to sign');
  if (file.catalog.has('AcroForm')) throw new PdfError('file has a form or a signature already');

  let nextNumber = size;
  const written: { number: number; parts: (string | Uint8Array)[] }[] = [];
  const add = (value: PdfObject): PdfReference => {
    const reference = pdfReference(nextNumber++);
    written.push({ number: reference.number, parts: [writePdfObject(value)] });
    return reference;
  };
  const addStream = (bytes: Uint8Array): PdfReference => {
    const reference = pdfReference(nextNumber++);
    written.push({
      number: reference.number,
      parts: [`<< /Length ${bytes.length} >>\nstream\n`, bytes, '\nendstream'],
    });
    return reference;
  };

  const store: PdfDictionary = new Map<string, PdfObject>([
    ['Type', pdfName('DSS')],
    ['Certs', field.certificates.map(addStream)],
    ['CRLs', field.revocationLists.map(addStream)],
  ]);
  const signature = pdfReference(nextNumber++);
  const signatureParts = signatureDictionary(field);
  written.push({ number: signature.number, parts: [signatureParts.join('')] });
  const widget = add(
    new Map<string, PdfObject>([
      ['Type', pdfName('Annot')],
      ['Subtype', pdfName('Widget')],
      ['FT', pdfName('Sig')],
      ['Rect', [0, 0, 0, 0]],
      ['F', 132],
      ['T', pdfAscii('Signature')],
      ['V', signature],
      ['P', pageReference],
    ]),
  );
  const annotations = [...file.array(page.get('Annots')), widget];
  const catalog = new Map(file.catalog)
    .set(
      'AcroForm',
      new Map<string, PdfObject>([
        ['Fields', [widget]],
        ['SigFlags', 3],
      ]),
    )
    .set('Perms', new Map<string, PdfObject>([['DocMDP', signature]]))
    .set('DSS', add(store));
  written.push({
    number: pageReference.number,
    parts: [writePdfObject(new Map(page).set('Annots', annotations))],
  });
  written.push({ number: root.number, parts: [writePdfObject(catalog)] });

  return assemble(file, written, nextNumber, signature.number, signatureParts);
}

function firstPage(file: PdfFile): PdfReference {
  let reference = file.dictionary(file.catalog.get('Pages'))?.get('Kids');
  for (let depth = 0; depth < 16; depth += 1) {
    const [kid] = file.array(reference);
    if (!isKind(kid, 'reference')) break;
    const node = file.dictionary(kid);
    if (!node?.has('Kids')) return kid;
    reference = node.get('Kids');
  }
  throw new PdfError('file has no page');
}

/** Three pieces, so that the positions of `ByteRange` and `Contents` are known without searching. */
function signatureDictionary(field: SignatureField): [string, string, string, string] {
  const entries: PdfDictionary = new Map<string, PdfObject>([
    ['Type', pdfName('Sig')],
    ['Filter', pdfName('Adobe.PPKLite')],
    ['SubFilter', pdfName('ETSI.CAdES.detached')],
    ['M', pdfAscii(pdfDate(field.signedAt))],
    ['Name', pdfText(field.signerName)],
  ]);
  if (field.reason !== undefined) entries.set('Reason', pdfText(field.reason));
  if (field.location !== undefined) entries.set('Location', pdfText(field.location));
  entries.set('Reference', [
    new Map<string, PdfObject>([
      ['Type', pdfName('SigRef')],
      ['TransformMethod', pdfName('DocMDP')],
      [
        'TransformParams',
        new Map<string, PdfObject>([
          ['Type', pdfName('TransformParams')],
          ['P', 1],
          ['V', pdfName('1.2')],
        ]),
      ],
    ]),
  ]);
  return [
    `${writePdfObject(entries).slice(0, -2)}/ByteRange `,
    ' '.repeat(byteRangeRoom),
    ' /Contents ',
    `<${'0'.repeat(field.signatureBytes * 2)}> >>`,
  ];
}

function assemble(
  file: PdfFile,
  written: readonly { number: number; parts: readonly (string | Uint8Array)[] }[],
  size: number,
  signatureNumber: number,
  signatureParts: readonly [string, string, string, string],
): PreparedPdf {
  const chunks: Buffer[] = [file.bytes];
  let length = file.bytes.length;
  const append = (part: string | Uint8Array): void => {
    const chunk = typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part);
    chunks.push(chunk);
    length += chunk.length;
  };
  append('\n');
  const offsets = new Map<number, number>();
  let byteRangeStart = 0;
  for (const { number, parts } of written) {
    offsets.set(number, length);
    append(`${number} 0 obj\n`);
    if (number === signatureNumber) byteRangeStart = length + signatureParts[0].length;
    parts.forEach(append);
    append('\nendobj\n');
  }
  const startXref = length;
  append('xref\n');
  for (const [number, offset] of [...offsets].sort(([a], [b]) => a - b))
    append(`${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`);
  const trailer = new Map(file.trailer).set('Size', size).set('Prev', file.startXref);
  append(`trailer\n${writePdfObject(trailer)}\nstartxref\n${startXref}\n%%EOF\n`);

  const contentsStart = byteRangeStart + byteRangeRoom + signatureParts[2].length;
  const contentsEnd = contentsStart + signatureParts[3].length - ' >>'.length;
  const bytes = Buffer.concat(chunks, length);
  const byteRange = `[0 ${contentsStart} ${contentsEnd} ${length - contentsEnd}]`;
  if (byteRange.length > byteRangeRoom) throw new PdfError('file too large to sign');
  bytes.write(byteRange, byteRangeStart, 'latin1');
  return { bytes, contentsStart, contentsEnd };
}
