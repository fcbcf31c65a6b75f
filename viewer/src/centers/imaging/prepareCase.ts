import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../../api/ahead.ts';
import type { Order } from '../../api/types.ts';
import { loadCoded, loadPreview } from '../../panes/cornerstone/frameStore.ts';
import { isLargeFrame } from '../../panes/cornerstone/largeFrame.ts';
import { number, tag } from '../../panes/study/dicomJson.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { listSeries, loadSeries, type SeriesSummary } from '../../panes/study/loadStudy.ts';
import { studiesOf, type StudyToShow } from './studies.ts';

const mostSeries = 4;

const seriesKey = (study: string) => ['imaging', 'series', study];
const metadataKey = ({ seriesUid, instances }: SeriesSummary) => [
  'imaging',
  'metadata',
  seriesUid,
  instances,
];

/** First display set with pictures of each series, under the keys that the reading room asks by. */
export async function* firstSets(
  client: QueryClient,
  study: StudyToShow,
  signal: AbortSignal,
): AsyncGenerator<DisplaySet> {
  const series =
    study.series ??
    (await client.fetchQuery<SeriesSummary[]>({
      queryKey: seriesKey(study.uid),
      queryFn: () => listSeries(study.uid, signal, aheadOfPerson),
      staleTime: 60_000,
    }));
  for (const each of series.slice(0, mostSeries)) {
    if (signal.aborted) return;
    const sets = await client.fetchQuery({
      queryKey: metadataKey(each),
      queryFn: () => loadSeries(study.uid, each.seriesUid, signal, aheadOfPerson),
      staleTime: Infinity,
    });
    const set = sets.find((one) => one.imageIds.length > 0);
    if (set) yield set;
  }
}

/** Whether the frames of a set are shown as previews first. */
export function isLargeSet({ instances: [first] }: DisplaySet): boolean {
  if (!first) return false;
  const [rows, columns] = [number(first, tag.rows) ?? 0, number(first, tag.columns) ?? 0];
  return isLargeFrame(rows, columns, number(first, tag.samplesPerPixel) ?? 1);
}

/**
 * What the first look at a case needs, while its row of the worklist is pointed at or the application starts: metadata
 * of the first series and the bytes of one picture of each, of a large one its preview, which become pictures as soon as
 * the code is there.
 */
export default async function prepareCase(
  client: QueryClient,
  order: Order,
  signal: AbortSignal,
  allAsked?: () => void,
): Promise<void> {
  const code = import('./preparePicture.ts');
  const pictures: Promise<unknown>[] = [];
  for (const study of studiesOf(order))
    for await (const set of firstSets(client, study, signal)) {
      const [first] = set.imageIds;
      if (!first || signal.aborted) return;
      if (isLargeSet(set)) void loadPreview({ study: set.studyUid, series: set.seriesUid }, true);
      else void loadCoded(first, 'ahead').catch(() => undefined);
      allAsked?.();
      pictures.push(code.then(({ preparePicture }) => preparePicture(set)).catch(() => undefined));
    }
  await Promise.all(pictures);
}

/**
 * Asks for the whole of the first picture, where it is so large that only its preview was made ready: at the click itself,
 * before the page of the case is built.
 */
export function opening(client: QueryClient, order: Order): void {
  const [study] = studiesOf(order);
  const [series] = study?.series ?? client.getQueryData<SeriesSummary[]>(seriesKey(study?.uid ?? '')) ?? [];
  const sets = series && client.getQueryData<DisplaySet[]>(metadataKey(series));
  const set = sets?.find((one) => one.imageIds.length > 0);
  const [first] = set?.imageIds ?? [];
  if (set && first && isLargeSet(set)) void loadCoded(first, 'urgent').catch(() => undefined); // the page asks again
}
