import type { DisplaySet } from '../../../viewer/src/panes/study/displaySets.ts';
import type { Measurement, Ratio } from './types.ts';

/** What Cornerstone asks of a page before it has drawn anything. */
Object.assign(globalThis, {
  window: globalThis,
  HTMLDivElement: class {},
  requestAnimationFrame: () => 0,
});

export const core = await import('@cornerstonejs/core');
export const tools = await import('@cornerstonejs/tools');
const loader = await import('@cornerstonejs/dicom-image-loader');
core.init();
new core.RenderingEngine('reading');
try {
  loader.init({ useLegacyMetadataProvider: true } as never);
} catch (error) {
  // Its headers are there by then; what is missing is the worker that decodes.
  if (!(error instanceof ReferenceError && error.message.startsWith('Worker'))) throw error;
}

/** The viewer's modules as they stand on Cornerstone; their own types are unknown on this side. */
const source = `${import.meta.dirname}/../../../viewer/src`;
const at = async <T>(path: string): Promise<T> => (await import(/* @vite-ignore */ `${source}/${path}`)) as T;

export interface Stored {
  uid: string;
  tool: string;
  imageId: string;
  frameOfReferenceUid: string;
  points: number[][];
  pixels?: number[][];
  polyline?: number[][];
  values?: { quantity: string; value: number; unit: string }[];
  textBox?: number[];
  label?: string;
  words?: string;
  role?: 'heart' | 'chest';
}

export const { restoreMeasurements, serializeMeasurements } = await at<{
  restoreMeasurements(
    stored: readonly Stored[],
    imageIds: readonly string[],
    options?: { foreign?: boolean },
  ): void;
  serializeMeasurements(imageIds: readonly string[], words: ReadonlyMap<string, string>): Stored[];
}>('centers/imaging/storedMeasurements.ts');

type Words = (key: string, values?: Record<string, unknown>) => string;
export const { cardiothoracicRatio, measurementsOf, measurementText, onMeasurements, ratioText } = await at<{
  cardiothoracicRatio(all: readonly Measurement[]): Ratio | null;
  measurementsOf(sets: readonly DisplaySet[], t: Words): Measurement[];
  measurementText(all: readonly Measurement[], t: Words): string;
  onMeasurements(tell: () => void): () => void;
  ratioText(ratio: Ratio, t: Words): string;
}>('centers/imaging/measurements.ts');

export const { calibrate, currentSpacing, registerMetadata } = await at<{
  calibrate(imageId: string, mm: [number, number] | null): void;
  currentSpacing(imageId: string): { mm: [number, number] | null; source: string } | undefined;
  registerMetadata(set: DisplaySet): void;
}>('panes/cornerstone/registerMetadata.ts');

export const toolGroup = await at<{
  toolNames: Record<string, string>;
  readingTools(): { toolOptions: Record<string, { mode: string; bindings: Record<string, number>[] }> };
  chooseTool(key: string): void;
  activeTool(): string;
  showReferenceLines(on: boolean, viewportId: string): void;
}>('panes/cornerstone/toolGroup.ts');

export const { regionLines } = await at<{
  regionLines(data: { cachedStats?: Record<string, Record<string, unknown>> }): string[];
}>('panes/cornerstone/regionLines.ts');

/** What is drawn now, as Cornerstone keeps it. */
export const drawn = () =>
  tools.annotation.state.getAllAnnotations() as unknown as {
    annotationUID: string;
    isLocked: boolean;
    invalidated: boolean;
    metadata: { toolName: string; referencedImageId: string; FrameOfReferenceUID?: string };
    data: {
      label: string;
      role?: string;
      cachedStats: Record<string, Record<string, unknown>>;
      handles: { points: number[][]; textBox: { hasMoved: boolean; worldPosition: number[] } };
      contour?: { polyline: number[][] };
    };
  }[];

export const eraseAll = (): void => tools.annotation.state.removeAllAnnotations();
