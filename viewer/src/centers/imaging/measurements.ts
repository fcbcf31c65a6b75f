import type { TFunction } from 'i18next';
import { core, tools } from '../../panes/cornerstone/engine.ts';
import { tag, text, type DataSet } from '../../panes/study/dicomJson.ts';
import { imageIdsOf, type DisplaySet } from '../../panes/study/displaySets.ts';

export interface Measurement {
  uid: string;
  tool: string;
  seriesUid: string;
  sopInstanceUid: string;
  seriesNumber: number;
  imageNumber: number;
  /** Values as a reader writes them: `12.3 mm`, `45 HU`. */
  words: string;
  label: string;
}

type Stats = Record<string, unknown>;

const fixed = (value: unknown, digits: number): string =>
  typeof value === 'number' && Number.isFinite(value) ? value.toFixed(digits) : '';
const unitOf = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value ? value.replace('²', '²') : fallback;

/** The numbers of one annotation in the order a radiologist says them. */
export function wordsOf(tool: string, stats: Stats, t: TFunction): string {
  const length = unitOf(stats.unit, 'mm');
  switch (tool) {
    case tools.LengthTool.toolName:
      return `${fixed(stats.length, 1)} ${length}`;
    case tools.BidirectionalTool.toolName:
      return `${fixed(stats.length, 1)} × ${fixed(stats.width, 1)} ${length}`;
    case tools.AngleTool.toolName:
    case tools.CobbAngleTool.toolName:
      return `${fixed(stats.angle, 1)}°`;
    case tools.EllipticalROITool.toolName:
    case tools.RectangleROITool.toolName:
    case tools.PlanarFreehandROITool.toolName: {
      const value = unitOf(stats.modalityUnit, '');
      const area = fixed(stats.area, 0);
      return [
        area ? `${t('imaging:measure.area')} ${area} ${unitOf(stats.areaUnit, 'mm²')}` : '',
        `${t('imaging:measure.mean')} ${fixed(stats.mean, 0)} ${value}`,
        `SD ${fixed(stats.stdDev, 0)}`,
        `${t('imaging:measure.range')} ${fixed(stats.min, 0)}–${fixed(stats.max, 0)}`,
      ]
        .filter(Boolean)
        .join('，');
    }
    case tools.ProbeTool.toolName:
      return `${fixed(stats.value, 0)} ${unitOf(stats.modalityUnit, '')}`;
    default:
      return '';
  }
}

interface Where {
  set: DisplaySet;
  instance: DataSet;
  index: number;
}

function placesOf(sets: readonly DisplaySet[]): Map<string, Where> {
  const places = new Map<string, Where>();
  for (const set of sets) {
    let index = 0;
    for (const instance of set.instances) {
      for (const imageId of set.imageIds.length ? imageIdsOf(instance) : []) {
        places.set(imageId, { set, instance, index });
        index += 1;
      }
    }
  }
  return places;
}

/** Measurements on the images of these display sets, in the order they were drawn. */
export function measurementsOf(sets: readonly DisplaySet[], t: TFunction): Measurement[] {
  const places = placesOf(sets);
  return tools.annotation.state.getAllAnnotations().flatMap((annotation): Measurement[] => {
    const { metadata } = annotation;
    const place = metadata?.referencedImageId ? places.get(metadata.referencedImageId) : undefined;
    if (!metadata || !place || metadata.toolName === tools.ReferenceLinesTool.toolName) return [];
    const data = annotation.data as {
      cachedStats?: Record<string, Stats>;
      label?: string;
      text?: string;
      words?: string;
    };
    const stats = Object.values(data.cachedStats ?? {})[0] ?? {};
    const label = data.label ?? data.text ?? '';
    const words = Object.keys(stats).length > 0 ? wordsOf(metadata.toolName, stats, t) : (data.words ?? '');
    if (!words.trim() && !label) return [];
    return [
      {
        uid: annotation.annotationUID ?? '',
        tool: metadata.toolName,
        seriesUid: place.set.seriesUid,
        sopInstanceUid: text(place.instance, tag.sopInstanceUid),
        seriesNumber: place.set.seriesNumber,
        imageNumber: place.index + 1,
        words,
        label,
      },
    ];
  });
}

/** Calls back, at most every 200 ms, when something was drawn, changed or removed. */
export function onMeasurements(tell: () => void): () => void {
  const events = tools.Enums.Events;
  const names = [events.ANNOTATION_COMPLETED, events.ANNOTATION_MODIFIED, events.ANNOTATION_REMOVED];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      tell();
    }, 200);
  };
  for (const name of names) core.eventTarget.addEventListener(name, soon);
  return () => {
    clearTimeout(timer);
    for (const name of names) core.eventTarget.removeEventListener(name, soon);
  };
}

/** One line per measurement for the report. */
export function measurementText(all: readonly Measurement[], t: TFunction): string {
  return all
    .map((each) =>
      t('imaging:measure.line', {
        series: each.seriesNumber,
        image: each.imageNumber,
        words: [each.label, each.words].filter(Boolean).join(' '),
      }),
    )
    .join('\n');
}
