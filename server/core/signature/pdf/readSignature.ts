import { PdfError, isDictionary, isKind, readPdfText } from './objects.ts';
import type { PdfDictionary, PdfObject } from './objects.ts';
import type { PdfFile } from './readPdf.ts';
import { utcTime } from '../utcTime.ts';

export interface PdfSignature {
  readonly signedAt: Date;
  readonly reason: string | undefined;
  /** Bytes of `Contents`, padding included. */
  readonly contents: Buffer;
  readonly contentsStart: number;
  readonly contentsEnd: number;
  readonly revocationLists: readonly Buffer[];
  /** Ways in which the signature does not cover the whole file. */
  readonly faults: readonly string[];
}

/**
 * The one signature of a hub document, or undefined. Everything but the digits of `Contents` must lie in its byte
 * range: nothing before, between or behind (ISO 32000-2 §12.8.1), and the digits themselves in one spelling only.
 */
export function readSignature(file: PdfFile): PdfSignature | undefined {
  const form = file.dictionary(file.catalog.get('AcroForm'));
  const signatures = file
    .array(form?.get('Fields'))
    .map((field) => file.dictionary(field))
    .filter((field) => isNamed(file, field?.get('FT'), 'Sig'))
    .map((field) => file.dictionary(field?.get('V')))
    .filter((value) => value !== undefined);
  const signature = signatures[0];
  if (!signature) return undefined;

  const contents = file.resolve(signature.get('Contents'));
  if (!isKind(contents, 'string')) throw new PdfError('signature has no contents');
  const faults = [...coverageFaults(file, signature, contents.start, contents.end)];
  if (signatures.length > 1) faults.push('the file carries more than one signature');
  if (!isNamed(file, signature.get('SubFilter'), 'ETSI.CAdES.detached'))
    faults.push('the signature is not of the kind ETSI.CAdES.detached');
  const digits = file.bytes.toString('latin1', contents.start + 1, contents.end - 1);
  if (!contents.hexadecimal || !/^(?:[0-9a-f]{2})+$/.test(digits)) faults.push('the signature was rewritten');

  const signedAt = file.resolve(signature.get('M'));
  const reason = file.resolve(signature.get('Reason'));
  return {
    signedAt: readPdfDate(isKind(signedAt, 'string') ? signedAt.bytes.toString('latin1') : ''),
    reason: isKind(reason, 'string') ? readPdfText(reason) : undefined,
    contents: contents.bytes,
    contentsStart: contents.start,
    contentsEnd: contents.end,
    revocationLists: storedLists(file),
    faults,
  };
}

function* coverageFaults(
  file: PdfFile,
  signature: PdfDictionary,
  start: number,
  end: number,
): Iterable<string> {
  const range = file.array(signature.get('ByteRange'));
  if (range.length !== 4 || range[0] !== 0) yield 'the signed byte range is not readable';
  else if (range[1] !== start || range[2] !== end) yield 'the signature lies outside its byte range';
  else if (range[3] !== file.bytes.length - end) yield 'the file was added to after signing';
}

function isNamed(file: PdfFile, value: PdfObject | undefined, name: string): boolean {
  const resolved = file.resolve(value);
  return isKind(resolved, 'name') && resolved.name === name;
}

function storedLists(file: PdfFile): Buffer[] {
  const store = file.dictionary(file.catalog.get('DSS'));
  return file.array(store?.get('CRLs')).map((reference) => {
    const stream = file.resolve(reference);
    if (isDictionary(stream) || !isKind(stream, 'stream'))
      throw new PdfError('revocation list is not readable');
    return file.streamBytes(stream);
  });
}

function readPdfDate(text: string): Date {
  const match = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const at = match && utcTime(match.slice(1).map(Number));
  if (!at) throw new PdfError('time of signing is not readable');
  return at;
}
