import type { TFunction } from 'i18next';
import { core, tools } from '../../panes/cornerstone/engine.ts';
import { number, tag, text, type DataSet } from '../../panes/study/dicomJson.ts';
import { imageIdsOf, type DisplaySet } from '../../panes/study/displaySets.ts';
import { valuesOf, wordsOf, type MeasuredValue } from './measuredValues.ts';

export interface Measurement {
  uid: string;
  tool: string;
  seriesUid: string;
  sopInstanceUid: string;
  seriesNumber: number;
  /** Number of the image that its device gave it, as printed under key images; where it gave none, its place. */
  imageNumber: number;
  /** Of an object of several frames. */
  frame: number | null;
  values: MeasuredValue[];
  /** Values as a reader writes them: `12.3 mm`, `45 HU`. */
  words: string;
  label: string;
  /** Which half of a cardiothoracic ratio this length is. */
  role?: RatioRole | undefined;
}

export type RatioRole = 'heart' | 'chest';

/** What the hub adds to an annotation of Cornerstone. */
export interface AnnotationExtra {
  cachedStats?: Record<string, Record<string, unknown>>;
  label?: string;
  text?: string;
  words?: string;
  values?: MeasuredValue[];
  role?: RatioRole;
  /** From another report: shown, not this reader's own. */
  foreign?: boolean;
}

interface Where {
  set: DisplaySet;
  instance: DataSet;
  index: number;
  frame: number | null;
}

export function placesOf(sets: readonly DisplaySet[]): Map<string, Where> {
  const places = new Map<string, Where>();
  for (const set of sets) {
    let index = 0;
    for (const instance of set.instances) {
      const ids = set.imageIds.length ? imageIdsOf(instance) : [];
      for (const [at, imageId] of ids.entries()) {
        places.set(imageId, { set, instance, index, frame: ids.length > 1 ? at + 1 : null });
        index += 1;
      }
    }
  }
  return places;
}

/** Own measurements on the images of these display sets, in the order they were drawn. */
export function measurementsOf(sets: readonly DisplaySet[], t: TFunction): Measurement[] {
  const places = placesOf(sets);
  return tools.annotation.state.getAllAnnotations().flatMap((annotation): Measurement[] => {
    const { metadata } = annotation;
    const place = metadata?.referencedImageId ? places.get(metadata.referencedImageId) : undefined;
    if (!metadata || !place || metadata.toolName === tools.ReferenceLinesTool.toolName) return [];
    const data = annotation.data as AnnotationExtra;
    if (data.foreign) return [];
    const stats = Object.values(data.cachedStats ?? {})[0] ?? {};
    const label = data.label ?? data.text ?? '';
    const fresh = valuesOf(metadata.toolName, stats);
    // What lies on an image that is not on the screen has not been measured again: its kept values stand.
    const values = fresh.length > 0 ? fresh : (data.values ?? []);
    const words = values.length > 0 ? wordsOf(metadata.toolName, values, t) : (data.words ?? '');
    if (!words.trim() && !label) return [];
    return [
      {
        uid: annotation.annotationUID ?? '',
        tool: metadata.toolName,
        seriesUid: place.set.seriesUid,
        sopInstanceUid: text(place.instance, tag.sopInstanceUid),
        seriesNumber: place.set.seriesNumber,
        imageNumber: number(place.instance, tag.instanceNumber) ?? place.index + 1,
        frame: place.frame,
        values,
        words,
        label,
        role: data.role,
      },
    ];
  });
}

/** Whether something that was drawn has no values yet: a region's are computed by a later drawing, which nobody is told of. */
function hasUnmeasured(): boolean {
  return tools.annotation.state.getAllAnnotations().some(({ metadata, data }) => {
    const extra = data as AnnotationExtra;
    if (!metadata || extra.foreign || extra.values || !extra.cachedStats) return false;
    return valuesOf(metadata.toolName, Object.values(extra.cachedStats)[0] ?? {}).length === 0;
  });
}

const pauseMs = 200;
/** A tool without values is asked no longer than this: two seconds. */
const mostLooks = 10;

/** Calls back, at most every 200 ms, when something was drawn, changed, measured or removed. */
export function onMeasurements(tell: () => void): () => void {
  const events = tools.Enums.Events;
  const names = [
    events.ANNOTATION_ADDED, // what redo brings back is added, not completed again
    events.ANNOTATION_COMPLETED,
    events.ANNOTATION_MODIFIED,
    events.ANNOTATION_REMOVED,
  ];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;
  const look = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      tell();
      looks += 1;
      if (looks < mostLooks && hasUnmeasured()) look();
    }, pauseMs);
  };
  const soon = () => {
    looks = 0;
    look();
  };
  for (const name of names) core.eventTarget.addEventListener(name, soon);
  return () => {
    clearTimeout(timer);
    for (const name of names) core.eventTarget.removeEventListener(name, soon);
  };
}

/** One line per measurement for the report; a ratio is said once, with both its lengths. */
export function measurementText(all: readonly Measurement[], t: TFunction): string {
  const ratio = cardiothoracicRatio(all.filter((each) => each.role));
  const lines = all
    .filter((each) => !ratio || !each.role)
    .map((each) =>
      t(each.frame === null ? 'imaging:measure.line' : 'imaging:measure.frameLine', {
        series: each.seriesNumber,
        image: each.frame ?? each.imageNumber,
        words: [each.label, each.words].filter(Boolean).join(' '),
      }),
    );
  return [...lines, ...(ratio ? [ratioText(ratio, t)] : [])].join('\n');
}

export interface Ratio {
  value: number;
  heart: number;
  chest: number;
  /** Of both lengths; an image without spacing still has a ratio. */
  unit: string;
}

/** Heart over chest: the two lengths drawn for it; without them the last two lengths, the shorter the heart. */
export function cardiothoracicRatio(all: readonly Measurement[]): Ratio | null {
  const lengthOf = (each: Measurement | undefined) =>
    each?.values.find((value) => value.quantity === 'length');
  const drawn = (['heart', 'chest'] as const).map((role) =>
    lengthOf(all.findLast((each) => each.role === role)),
  );
  const last = all
    .flatMap((each) => lengthOf(each) ?? [])
    .slice(-2)
    .sort((a, b) => a.value - b.value);
  const [heart, chest] = drawn[0] && drawn[1] ? drawn : last;
  return heart && chest && heart.unit === chest.unit && chest.value > 0
    ? { value: heart.value / chest.value, heart: heart.value, chest: chest.value, unit: heart.unit }
    : null;
}

export const ratioText = (ratio: Ratio, t: TFunction): string =>
  t('imaging:ratio', {
    value: ratio.value.toFixed(2),
    heart: ratio.heart.toFixed(0),
    chest: ratio.chest.toFixed(0),
    unit: ratio.unit,
  });
