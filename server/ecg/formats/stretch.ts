import { dicomStretch } from './dicomStretch.ts';
import { edfStretch } from './edfStretch.ts';
import { detectFormat } from './index.ts';
import { mferStretch } from './mferStretch.ts';
import type { EcgRecording } from './model.ts';
import type { PlacedFile } from './placedFile.ts';
import { wfdbStretch } from './wfdbStretch.ts';

/**
 * The samples [from, to) of a recording, and a few around them, without reading the rest; each lead's `startSample` says
 * where its samples begin. Undefined where the format or the layout of the files does not allow it: then the whole
 * recording has to be read.
 */
export async function readStretch(
  files: PlacedFile[],
  from: number,
  to: number,
): Promise<EcgRecording | undefined> {
  const [only] = files;
  if (!only) return undefined;
  if (files.length > 1) return wfdbStretch(files, from, to);
  const head = await only.read(0, Math.min(only.size, 4096));
  switch (detectFormat(head)?.name) {
    case 'edf':
      return edfStretch(only, from, to);
    case 'dicom':
      return dicomStretch(only, from, to);
    case 'mfer':
      return mferStretch(only, from, to);
    default:
      return undefined;
  }
}
