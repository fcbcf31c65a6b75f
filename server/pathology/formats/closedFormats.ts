import type { TiffDirectory } from './tiffDirectory.ts';
import { tag } from './tiffDirectory.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

interface ClosedFormat {
  name: string;
  extensions: string[];
  magic?: (head: Uint8Array) => boolean;
  instead: string;
}

const startsWith = (text: string) => (head: Uint8Array) =>
  [...text].every((letter, at) => head[at] === letter.charCodeAt(0));

/** What every scanner's own software can write, in the words of its export dialogs. */
const instead = 'export it from the scanner software as SVS, pyramidal TIFF or DICOM (VL whole slide)';

/** Formats that are read only through their vendor's binaries, and what to ask the scanner's software for. */
export const closedFormats: ClosedFormat[] = [
  { name: 'KFB (江丰)', extensions: ['kfb', 'kfbf'], magic: startsWith('KFB'), instead },
  { name: 'SDPC (生强)', extensions: ['sdpc', 'dyqx', 'dyj'], magic: startsWith('SQ'), instead },
  { name: 'TMAP (优纳)', extensions: ['tmap'], magic: startsWith('TMAP'), instead },
  { name: 'NDPI (Hamamatsu)', extensions: ['ndpi', 'ndpis'], instead },
  { name: 'MRXS (3DHISTECH)', extensions: ['mrxs'], instead },
  { name: 'VSI (Olympus/Evident)', extensions: ['vsi', 'ets'], instead },
  { name: 'CZI (Zeiss)', extensions: ['czi'], magic: startsWith('ZISRAWFILE'), instead },
  { name: 'BIF (Ventana)', extensions: ['bif'], instead },
  { name: 'SCN (Leica)', extensions: ['scn'], instead },
];

/** The closed format a file belongs to by its first bytes or its name, with what to export instead. */
export function closedFormatOf(
  head: Uint8Array,
  fileName = '',
): { name: string; instead: string } | undefined {
  const extension = fileName.toLowerCase().split('.').at(-1) ?? '';
  return closedFormats.find((format) => format.magic?.(head) || format.extensions.includes(extension));
}

/** The refusal with its advice. */
export function refuseClosedFormat(format: { name: string; instead: string }): UnreadableSlide {
  return new UnreadableSlide('closed-format', `${format.name} is a closed format: ${format.instead}`);
}

/** TIFF dialects whose tiles overlap or stand outside the TIFF rules; showing them as plain tiles would be wrong. */
export async function refuseKnownTiffDialects(first: TiffDirectory, description: string): Promise<void> {
  const refuse = (extension: string) => {
    const format = closedFormats.find(({ extensions }) => extensions.includes(extension));
    return refuseClosedFormat(format ?? { name: extension, instead });
  };
  if (first.has(tag.ndpiMarker)) throw refuse('ndpi');
  if (description.includes('http://www.leica-microsystems.com/scn')) throw refuse('scn');
  const xmp = first.has(700) ? ((await first.bytes(700))?.toString('latin1', 0, 4096) ?? '') : '';
  if (/<iScan|<EncodeInfo/.test(xmp)) throw refuse('bif');
}
