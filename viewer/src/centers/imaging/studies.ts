import type { Order } from '../../api/types.ts';
import { inSeriesOrder, type SeriesSummary } from '../../panes/study/loadStudy.ts';

/** One study as `input.studies` of an imaging order describes it. */
export interface InputStudy {
  studyInstanceUid: string;
  state: 'receiving' | 'settled';
  studyDate: string | null;
  description: string | null;
  modalities: string[];
  characterSetFlag?: string | null;
  series: {
    seriesInstanceUid: string;
    modality: string | null;
    seriesNumber: number | null;
    description: string | null;
    instances: number;
    thumbnail: boolean;
  }[];
}

/** A study to show; without `series` they are asked for by QIDO-RS. */
export interface StudyToShow {
  uid: string;
  series?: SeriesSummary[];
}

/** Studies joined to the order, documents after images. */
export function studiesOf(order: Order): StudyToShow[] {
  const studies = Array.isArray(order.input?.studies) ? (order.input.studies as InputStudy[]) : [];
  return studies.map((study) => ({
    uid: study.studyInstanceUid,
    series: study.series
      .map((each) => ({
        seriesUid: each.seriesInstanceUid,
        modality: each.modality ?? '',
        number: each.seriesNumber ?? 0,
        description: each.description ?? '',
        instances: each.instances,
        thumbnail: each.thumbnail,
      }))
      .sort(inSeriesOrder),
  }));
}
