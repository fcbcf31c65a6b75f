import { get } from '../../api/client.ts';
import { number, tag, text, type DataSet } from './dicomJson.ts';
import { displaySetsOf, type DisplaySet } from './displaySets.ts';

export interface SeriesSummary {
  seriesUid: string;
  modality: string;
  number: number;
  description: string;
  instances: number;
  /** Whether the hub has made a picture of it. */
  thumbnail?: boolean;
}

const late = new Set(['SR', 'PR', 'KO', 'DOC', 'OT']);

/** By their numbers; documents last. */
export const inSeriesOrder = (a: SeriesSummary, b: SeriesSummary): number =>
  Number(late.has(a.modality)) - Number(late.has(b.modality)) || a.number - b.number;

/** Series of a study as QIDO-RS answers them. */
export async function listSeries(
  studyUid: string,
  signal?: AbortSignal,
  headers?: Record<string, string>,
): Promise<SeriesSummary[]> {
  const rows = await get<DataSet[] | undefined>(
    `/dicom-web/studies/${studyUid}/series?limit=200`,
    signal,
    headers,
  );
  return (rows ?? [])
    .map((row) => ({
      seriesUid: text(row, tag.seriesInstanceUid),
      modality: text(row, tag.modality),
      number: number(row, tag.seriesNumber) ?? 0,
      description: text(row, tag.seriesDescription),
      instances: number(row, tag.numberOfSeriesInstances) ?? 0,
    }))
    .sort(inSeriesOrder);
}

/** Metadata of one series, split into display sets. */
export async function loadSeries(
  studyUid: string,
  seriesUid: string,
  signal?: AbortSignal,
  headers?: Record<string, string>,
): Promise<DisplaySet[]> {
  const instances = await get<DataSet[] | undefined>(
    `/dicom-web/studies/${studyUid}/series/${seriesUid}/metadata`,
    signal,
    headers,
  );
  return displaySetsOf(instances ?? []);
}
