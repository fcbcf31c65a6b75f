import { core, tools } from './engine.ts';
import { holdInside, type Pixel } from '../study/holdInside.ts';
import { pixelOf, pointOf, type ImagePlane } from '../study/imagePlane.ts';
import { planeOf } from './planeOf.ts';

interface Drawn {
  annotationUID?: string;
  invalidated?: boolean;
  metadata?: { toolName: string; referencedImageId?: string };
  data: {
    handles?: { points?: core.Types.Point3[] };
    contour?: { polyline?: core.Types.Point3[] };
  };
}

const last = new WeakMap<object, Pixel[]>();

function sizeOf(imageId: string): { plane: ImagePlane; columns: number; rows: number } | null {
  const plane = planeOf(imageId);
  const pixel = core.metaData.get('imagePixelModule', imageId) as
    { rows?: number; columns?: number } | undefined;
  return plane && pixel?.rows && pixel.columns ? { plane, columns: pixel.columns, rows: pixel.rows } : null;
}

/** Puts points of a line in the patient back onto the image; true where one was outside. */
function hold(drawn: Drawn, points: core.Types.Point3[], key: object): boolean {
  const imageId = drawn.metadata?.referencedImageId;
  const size = imageId ? sizeOf(imageId) : null;
  if (!size) return false;
  const pixels = points.map((point): Pixel => pixelOf(size.plane, point));
  const ellipse = drawn.metadata?.toolName === tools.EllipticalROITool.toolName;
  const made = holdInside(pixels, last.get(key), { ...size, ellipse });
  last.set(key, made ?? pixels);
  made?.forEach((pixel, index) => {
    points[index] = pointOf(size.plane, pixel);
  });
  return made !== null;
}

function onChange(event: Event): void {
  const { annotation, changeType } = (
    event as CustomEvent<{ annotation: Drawn; changeType?: tools.Enums.ChangeTypes }>
  ).detail;
  if (changeType === tools.Enums.ChangeTypes.StatsUpdated) return;
  const { handles, contour } = annotation.data;
  const outline = contour?.polyline?.length ? hold(annotation, contour.polyline, contour) : false;
  const points = handles?.points?.length ? hold(annotation, handles.points, handles) : false;
  if (outline || points) annotation.invalidated = true;
}

/** What is measured lies in the picture: an end that is drawn beyond its edge stands at the edge. */
export function holdMeasurementsInside(): void {
  const { ANNOTATION_MODIFIED, ANNOTATION_COMPLETED } = tools.Enums.Events;
  for (const name of [ANNOTATION_MODIFIED, ANNOTATION_COMPLETED])
    core.eventTarget.addEventListener(name, onChange);
}
