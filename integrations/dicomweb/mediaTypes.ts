import { isEncapsulated, transferSyntaxes as ts } from '../../server/standards/dicom/index.ts';

export const OCTETS = 'application/octet-stream';

/** Media type of a frame by transfer syntax (PS3.18 Tables 8.7.3-2 to -4). */
export function frameMediaType(transferSyntax: string): string {
  if (!isEncapsulated(transferSyntax) || transferSyntax === ts.encapsulatedUncompressed) return OCTETS;
  const last = Number(transferSyntax.split('.').at(-1));
  if (transferSyntax === ts.rleLossless) return 'image/dicom-rle';
  if (last >= 50 && last <= 70) return 'image/jpeg';
  if (last === 80 || last === 81) return 'image/jls';
  if (last === 90 || last === 91) return 'image/jp2';
  if (last === 92 || last === 93) return 'image/jpx';
  if (last === 100 || last === 101) return 'video/mpeg';
  if (last >= 102 && last <= 106) return 'video/mp4';
  if (last === 107 || last === 108) return 'video/H265';
  if (last >= 110 && last <= 112) return 'image/jxl';
  if (last >= 201 && last <= 203) return 'image/jphc';
  return OCTETS;
}
