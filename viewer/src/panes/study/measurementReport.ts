import { items, number, numbers, text, type DataSet } from './dicomJson.ts';
import { imageIdsOf, type DisplaySet } from './displaySets.ts';

/** A measurement read from a structured report (PS3.16 TID 1500), on an image by its identifier. */
export interface ReportedMeasurement {
  uid: string;
  tool: string;
  imageId: string;
  label?: string;
  /** Handles as the tool wants them, in the pixel matrix: column, row. */
  pixels: number[][];
  values: { quantity: 'length' | 'width' | 'angle' | 'area' | 'value'; value: number; unit: string }[];
}

const t = {
  valueType: '0040A040',
  conceptName: '0040A043',
  codeValue: '00080100',
  textValue: '0040A160',
  uid: '0040A124',
  measured: '0040A300',
  numericValue: '0040A30A',
  units: '004008EA',
  content: '0040A730',
  referenced: '00081199',
  referencedInstance: '00081155',
  referencedFrame: '00081160',
  graphicType: '00700023',
  graphicData: '00700022',
} as const;
const code = { group: '125007', trackingId: '112039', trackingUid: '112040', comment: '121106' } as const;
const known = new Set([
  'Length', 'Bidirectional', 'Angle', 'CobbAngle', 'EllipticalROI', 'RectangleROI', 'PlanarFreehandROI', 'Probe', 'ArrowAnnotate',
]); // prettier-ignore
const units: Record<string, string> = {
  mm: 'mm',
  cm: 'cm',
  mm2: 'mm²',
  cm2: 'cm²',
  deg: '°',
  "[hnsf'U]": 'HU',
};
const deepest = 12;

const concept = (node: DataSet) => text(items(node, t.conceptName)[0] ?? {}, t.codeValue);
const within = (node: DataSet, depth = 0): DataSet[] =>
  depth > deepest ? [] : items(node, t.content).flatMap((child) => [child, ...within(child, depth + 1)]);

/** Measurements of a report on the images of these display sets; what refers to other images is left out. */
export function reportedMeasurements(report: DataSet, sets: readonly DisplaySet[]): ReportedMeasurement[] {
  const images = new Map(
    sets
      .filter((set) => set.imageIds.length > 0)
      .flatMap((set) => set.instances.map((each) => [text(each, '00080018'), imageIdsOf(each)] as const)),
  );
  return within(report)
    .filter((node) => text(node, t.valueType) === 'CONTAINER' && concept(node) === code.group)
    .flatMap((group, index) => readGroup(group, index, images));
}

function readGroup(
  group: DataSet,
  index: number,
  images: ReadonlyMap<string, string[]>,
): ReportedMeasurement[] {
  const nodes = within(group);
  const points = nodes.filter((node) => text(node, t.valueType) === 'SCOORD');
  const first = points[0];
  const image = first && nodes.length > 0 ? items(first, t.content)[0] : undefined;
  const reference = items(image ?? {}, t.referenced)[0];
  if (!first || !reference) return [];
  const frames = images.get(text(reference, t.referencedInstance));
  const imageId = frames?.[(number(reference, t.referencedFrame) ?? 1) - 1];
  if (!imageId) return [];
  const find = (wanted: string) => nodes.find((node) => concept(node) === wanted);
  const named =
    text(find(code.trackingId) ?? {}, t.textValue)
      .split(':')
      .at(-1) ?? '';
  const graphics = points.map((node) => ({
    type: text(node, t.graphicType),
    points: pairs(numbers(node, t.graphicData)),
  }));
  const tool = known.has(named) ? named : guess(graphics);
  const pixels = tool ? handles(tool, graphics) : [];
  if (!tool || pixels.length === 0) return [];
  const label = text(find(code.comment) ?? {}, t.textValue);
  return [
    {
      uid: text(find(code.trackingUid) ?? {}, t.uid) || `report-${index}-${imageId}`,
      tool,
      imageId,
      pixels,
      values: nodes.filter((node) => text(node, t.valueType) === 'NUM').flatMap(readNumber),
      ...(label ? { label } : {}),
    },
  ];
}

const quantities: Record<string, ReportedMeasurement['values'][number]['quantity']> = {
  '410668003': 'length',
  '103339001': 'length',
  '103340004': 'width',
  '1483009': 'angle',
  '285285000': 'angle',
  '42798000': 'area',
  '112031': 'value',
};

function readNumber(node: DataSet): ReportedMeasurement['values'] {
  const quantity = quantities[concept(node)];
  const measured = items(node, t.measured)[0];
  const value = measured ? number(measured, t.numericValue) : null;
  // A mean or deviation says so by a modifier below it; the viewer measures those again.
  const derived = items(node, t.content).some((child) => text(child, t.valueType) === 'CODE');
  if (!quantity || value === null || derived) return [];
  const unit = text(items(measured ?? {}, t.units)[0] ?? {}, t.codeValue);
  return [{ quantity, value, unit: units[unit] ?? '' }];
}

const pairs = (flat: readonly number[]): number[][] =>
  Array.from({ length: Math.floor(flat.length / 2) }, (_, i) => [flat[i * 2] ?? 0, flat[i * 2 + 1] ?? 0]);

interface Graphic {
  type: string;
  points: number[][];
}

/** The tool that draws what another maker's report holds. */
function guess([first, second]: readonly Graphic[]): string | undefined {
  if (!first) return undefined;
  if (first.type === 'POINT') return 'Probe';
  if (first.type === 'ELLIPSE' || first.type === 'CIRCLE') return 'EllipticalROI';
  if (first.type !== 'POLYLINE') return undefined;
  if (first.points.length === 2) return second?.points.length === 2 ? 'Bidirectional' : 'Length';
  return first.points.length === 3 ? 'Angle' : 'PlanarFreehandROI';
}

/** The tool's handles from the graphic (the inverse of what the hub writes). */
function handles(tool: string, graphics: readonly Graphic[]): number[][] {
  const points = graphics[0]?.points ?? [];
  const [a, b, c, d] = points;
  switch (tool) {
    case 'Bidirectional':
      return graphics.slice(0, 2).flatMap((graphic) => graphic.points.slice(0, 2));
    case 'EllipticalROI': {
      if (graphics[0]?.type === 'CIRCLE' && a && b) return circle(a, b);
      if (!a || !b || !c || !d) return [];
      // Handles stand bottom, top, left, right: the steeper axis is the upright one.
      const upright = Math.abs((a[1] ?? 0) - (b[1] ?? 0)) >= Math.abs((c[1] ?? 0) - (d[1] ?? 0));
      const [p, q, r, s] = upright ? [a, b, c, d] : [c, d, a, b];
      const [bottom, top] = (p[1] ?? 0) >= (q[1] ?? 0) ? [p, q] : [q, p];
      const [left, right] = (r[0] ?? 0) <= (s[0] ?? 0) ? [r, s] : [s, r];
      return [bottom, top, left, right];
    }
    case 'RectangleROI':
      return a && b && c && d ? [a, b, d, c] : [];
    case 'PlanarFreehandROI':
      return points.length > 2 ? (isClosed(points) ? points.slice(0, -1) : points) : [];
    default:
      return points;
  }
}

/** An outline comes back to its first point; not every maker writes that point again. */
const isClosed = (points: readonly number[][]): boolean => points[0]?.join() === points.at(-1)?.join();

function circle([x = 0, y = 0]: number[], [px = 0, py = 0]: number[]): number[][] {
  const r = Math.hypot(px - x, py - y);
  return [
    [x, y + r],
    [x, y - r],
    [x - r, y],
    [x + r, y],
  ];
}
