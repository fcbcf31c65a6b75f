import type { Response } from 'express';
import type { DicomJson } from '../../server/standards/dicom/index.ts';
import { typeFits, type MediaRange } from './accept.ts';
import { MultipartWriter, PeerGone } from './multipartWriter.ts';
import { nativeModel } from './nativeModel.ts';

const JSON_TYPES = ['application/dicom+json', 'application/json'];
const XML = 'application/dicom+xml';

/** In which of the two models attributes go out (PS3.18 §8.7.3): JSON, or one XML part for each data set. */
export function modelOf(ranges: readonly MediaRange[]): 'json' | 'xml' | undefined {
  const best = ranges.find(({ multipart, type }) =>
    multipart ? typeFits(type, XML) : JSON_TYPES.some((json) => typeFits(type, json)),
  );
  return best && (best.multipart ? 'xml' : 'json');
}

export async function sendNativeModel(res: Response, dataSets: DicomJson[]): Promise<void> {
  const writer = new MultipartWriter(res, XML);
  try {
    for (const dataSet of dataSets) {
      const body = Buffer.from(nativeModel(dataSet));
      await writer.part({ 'Content-Type': XML, 'Content-Length': String(body.length) });
      await writer.write(body);
    }
    writer.end();
  } catch (error) {
    if (!(error instanceof PeerGone)) throw error;
  }
}
