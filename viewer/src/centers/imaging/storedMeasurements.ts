import { core, getEngine, tools } from '../../panes/cornerstone/engine.ts';
import { planeOf } from '../../panes/cornerstone/planeOf.ts';
import { pixelOf, pointOf } from '../../panes/study/imagePlane.ts';
import { valuesOf, type MeasuredValue } from './measuredValues.ts';
import type { AnnotationExtra, RatioRole } from './measurements.ts';
import { thinOutline } from './thinOutline.ts';

/** A measurement as it is kept with the report and in the structured report: tool, image, points, values. */
export interface StoredMeasurement {
  uid: string;
  tool: string;
  imageId: string;
  frameOfReferenceUid: string;
  /** In the patient; drafts before 2026-11-22 have only these. */
  points: number[][];
  /** Handles, or the outline of a freehand region, in the pixel matrix: column, row. */
  pixels?: number[][];
  values?: MeasuredValue[];
  polyline?: number[][];
  textBox?: number[];
  label?: string;
  /** Its values in words, for images that are not on the screen. */
  words?: string;
  role?: RatioRole;
  viewPlaneNormal?: number[];
  viewUp?: number[];
}

const round = (point: ArrayLike<number>) => Array.from(point, (value) => Math.round(value * 1000) / 1000);
interface AnnotationLike {
  annotationUID?: string;
  metadata?: {
    toolName: string;
    referencedImageId?: string;
    FrameOfReferenceUID?: string;
    viewPlaneNormal?: number[];
    viewUp?: number[];
  };
  data: AnnotationExtra & {
    handles?: {
      points?: ArrayLike<number>[];
      textBox?: { hasMoved?: boolean; worldPosition?: ArrayLike<number> };
    };
    contour?: { polyline?: ArrayLike<number>[] };
  };
}

const isFreehand = (tool: string) => tool === 'PlanarFreehandROI';

/** Points of the patient in the pixel matrix of the image; undefined while the image's geometry is not known. */
function pixelsOf(imageId: string, points: readonly ArrayLike<number>[]): number[][] | undefined {
  const plane = planeOf(imageId);
  return plane ? points.map((point) => round(pixelOf(plane, point))) : undefined;
}

/** Everything measured on these images, small enough to be saved with each draft. */
export function serializeMeasurements(
  imageIds: readonly string[],
  words: ReadonlyMap<string, string>,
): StoredMeasurement[] {
  const known = new Set(imageIds);
  return (tools.annotation.state.getAllAnnotations() as AnnotationLike[]).flatMap(
    (annotation): StoredMeasurement[] => {
      const { metadata, data } = annotation;
      if (data.foreign || !metadata?.referencedImageId || !known.has(metadata.referencedImageId)) return [];
      const points = (data.handles?.points ?? []).map(round);
      const polyline = data.contour?.polyline && thinOutline(data.contour.polyline).map(round);
      if (points.length + (polyline?.length ?? 0) === 0) return [];
      const box = data.handles?.textBox?.hasMoved ? data.handles.textBox.worldPosition : undefined;
      const label = data.label || data.text;
      const pixels = pixelsOf(
        metadata.referencedImageId,
        (isFreehand(metadata.toolName) ? polyline : points) ?? points,
      );
      const fresh = valuesOf(metadata.toolName, Object.values(data.cachedStats ?? {})[0] ?? {});
      const said = words.get(annotation.annotationUID ?? '');
      return [
        {
          uid: annotation.annotationUID ?? '',
          tool: metadata.toolName,
          imageId: metadata.referencedImageId,
          frameOfReferenceUid: metadata.FrameOfReferenceUID ?? '',
          points,
          values: fresh.length > 0 ? fresh : (data.values ?? []),
          ...(pixels ? { pixels } : {}),
          ...(polyline ? { polyline } : {}),
          ...(box ? { textBox: round(box) } : {}),
          ...(label ? { label } : {}),
          ...(said ? { words: said } : {}),
          ...(data.role ? { role: data.role } : {}),
          ...(metadata.viewPlaneNormal ? { viewPlaneNormal: round(metadata.viewPlaneNormal) } : {}),
          ...(metadata.viewUp ? { viewUp: round(metadata.viewUp) } : {}),
        },
      ];
    },
  );
}

/** Where the kept points lie in the patient: from the pixels, so that a calibration or an SR without geometry holds too. */
function worldOf(each: StoredMeasurement): { points: number[][]; polyline?: number[][] } {
  const plane = planeOf(each.imageId);
  const world = plane && each.pixels?.map((pixel) => pointOf(plane, [pixel[0] ?? 0, pixel[1] ?? 0]));
  if (!world) return { points: each.points, ...(each.polyline ? { polyline: each.polyline } : {}) };
  return isFreehand(each.tool)
    ? { points: each.points.length > 0 ? each.points : world.slice(0, 1), polyline: world }
    : { points: world };
}

/** Draws kept measurements again; those of images that are not here any more are left out. */
export function restoreMeasurements(
  stored: readonly StoredMeasurement[],
  imageIds: readonly string[],
  options: { foreign?: boolean } = {},
): void {
  const known = new Set(imageIds);
  const { state } = tools.annotation;
  for (const each of stored) {
    if (!known.has(each.imageId) || state.getAnnotation(each.uid)) continue;
    const plane = core.metaData.get('imagePlaneModule', each.imageId) as
      { frameOfReferenceUID?: string; rowCosines?: number[]; columnCosines?: number[] } | undefined;
    const { points, polyline } = worldOf(each);
    // Cornerstone files what has no frame of reference under `undefined`; an empty name is never drawn.
    const frameOfReferenceUid = each.frameOfReferenceUid || plane?.frameOfReferenceUID || undefined;
    const up = each.viewUp ?? plane?.columnCosines?.map((value) => -value);
    const normal = each.viewPlaneNormal ?? normalOf(plane?.rowCosines, plane?.columnCosines);
    const annotation = {
      annotationUID: each.uid,
      highlighted: false,
      invalidated: true,
      isVisible: true,
      metadata: {
        toolName: each.tool,
        referencedImageId: each.imageId,
        FrameOfReferenceUID: frameOfReferenceUid,
        ...(normal ? { viewPlaneNormal: normal } : {}),
        ...(up ? { viewUp: up } : {}),
      },
      data: {
        label: each.label ?? '',
        text: each.label ?? '',
        cachedStats: {},
        words: each.words ?? '',
        values: each.values ?? [],
        ...(each.role ? { role: each.role } : {}),
        ...(options.foreign ? { foreign: true } : {}),
        handles: {
          points,
          activeHandleIndex: null,
          ...(each.tool === 'ArrowAnnotate' ? { arrowFirst: true } : {}),
          textBox: {
            hasMoved: each.textBox !== undefined,
            worldPosition: each.textBox ?? [0, 0, 0],
            worldBoundingBox: {
              topLeft: [0, 0, 0],
              topRight: [0, 0, 0],
              bottomLeft: [0, 0, 0],
              bottomRight: [0, 0, 0],
            },
          },
        },
        ...(polyline ? { contour: { polyline, closed: true } } : {}),
      },
    };
    state.addAnnotation(
      annotation as unknown as Parameters<typeof state.addAnnotation>[0],
      frameOfReferenceUid as string,
    );
    // Cornerstone takes the lock from its own list and not from what is added.
    tools.annotation.locking.setAnnotationLocked(each.uid, options.foreign === true);
  }
  // Cornerstone draws with the next image; what came late is drawn now.
  const shown = getEngine().getViewports().map((viewport) => viewport.id); // prettier-ignore
  if (stored.length > 0 && shown.length > 0) tools.utilities.triggerAnnotationRenderForViewportIds(shown);
}

/** Away from the patient, as a viewport looks at the image: opposite to row × column. */
function normalOf(row: number[] | undefined, column: number[] | undefined): number[] | undefined {
  const [a = 0, b = 0, c = 0] = row ?? [];
  const [d = 0, e = 0, f = 0] = column ?? [];
  return row && column ? [-(b * f - c * e), -(c * d - a * f), -(a * e - b * d)] : undefined;
}
