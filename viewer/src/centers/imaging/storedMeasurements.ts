import { tools } from '../../panes/cornerstone/engine.ts';

/** A measurement as it is kept with the report: tool, image, points in the patient. */
export interface StoredMeasurement {
  uid: string;
  tool: string;
  imageId: string;
  frameOfReferenceUid: string;
  points: number[][];
  polyline?: number[][];
  textBox?: number[];
  label?: string;
  /** Its values in words, for images that are not on the screen. */
  words?: string;
  viewPlaneNormal?: number[];
  viewUp?: number[];
}

const round = (point: ArrayLike<number>) => Array.from(point, (value) => Math.round(value * 1000) / 1000);
const mostPoints = 400;

interface AnnotationLike {
  annotationUID?: string;
  metadata?: {
    toolName: string;
    referencedImageId?: string;
    FrameOfReferenceUID?: string;
    viewPlaneNormal?: number[];
    viewUp?: number[];
  };
  data: {
    label?: string;
    text?: string;
    handles?: {
      points?: ArrayLike<number>[];
      textBox?: { hasMoved?: boolean; worldPosition?: ArrayLike<number> };
    };
    contour?: { polyline?: ArrayLike<number>[] };
  };
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
      if (!metadata?.referencedImageId || !known.has(metadata.referencedImageId)) return [];
      const points = (data.handles?.points ?? []).map(round);
      const polyline = data.contour?.polyline?.map(round);
      if (points.length + (polyline?.length ?? 0) === 0 || (polyline?.length ?? 0) > mostPoints) return [];
      const box = data.handles?.textBox?.hasMoved ? data.handles.textBox.worldPosition : undefined;
      const label = data.label || data.text;
      return [
        {
          uid: annotation.annotationUID ?? '',
          tool: metadata.toolName,
          imageId: metadata.referencedImageId,
          frameOfReferenceUid: metadata.FrameOfReferenceUID ?? '',
          points,
          ...(polyline ? { polyline } : {}),
          ...(box ? { textBox: round(box) } : {}),
          ...(label ? { label } : {}),
          ...(words.get(annotation.annotationUID ?? '')
            ? { words: words.get(annotation.annotationUID ?? '') ?? '' }
            : {}),
          ...(metadata.viewPlaneNormal ? { viewPlaneNormal: round(metadata.viewPlaneNormal) } : {}),
          ...(metadata.viewUp ? { viewUp: round(metadata.viewUp) } : {}),
        },
      ];
    },
  );
}

/** Draws kept measurements again; those of images that are not here any more are left out. */
export function restoreMeasurements(stored: readonly StoredMeasurement[], imageIds: readonly string[]): void {
  const known = new Set(imageIds);
  const { state } = tools.annotation;
  for (const each of stored) {
    if (!known.has(each.imageId) || state.getAnnotation(each.uid)) continue;
    const annotation = {
      annotationUID: each.uid,
      highlighted: false,
      invalidated: true,
      isLocked: false,
      isVisible: true,
      metadata: {
        toolName: each.tool,
        referencedImageId: each.imageId,
        FrameOfReferenceUID: each.frameOfReferenceUid,
        ...(each.viewPlaneNormal ? { viewPlaneNormal: each.viewPlaneNormal } : {}),
        ...(each.viewUp ? { viewUp: each.viewUp } : {}),
      },
      data: {
        label: each.label ?? '',
        text: each.label ?? '',
        cachedStats: {},
        words: each.words ?? '',
        handles: {
          points: each.points,
          activeHandleIndex: null,
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
        ...(each.polyline ? { contour: { polyline: each.polyline, closed: true } } : {}),
      },
    };
    state.addAnnotation(
      annotation as unknown as Parameters<typeof state.addAnnotation>[0],
      each.frameOfReferenceUid,
    );
  }
}
