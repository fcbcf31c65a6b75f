import { number, numbers, tag, text, values, type DataSet } from './dicomJson.ts';

export type PaneKind = 'stack' | 'cine' | 'pdf' | 'sr' | 'key-objects' | 'other';

/** What one viewport can show: images in reading order, or one document. */
export interface DisplaySet {
  id: string;
  kind: PaneKind;
  studyUid: string;
  seriesUid: string;
  modality: string;
  seriesNumber: number;
  description: string;
  bodyPart: string;
  instances: DataSet[];
  /** One per frame, in reading order; empty for documents. */
  imageIds: string[];
  frameRate: number | null;
}

const sopClass = {
  encapsulatedPdf: '1.2.840.10008.5.1.4.1.1.104.1',
  keyObjectSelection: '1.2.840.10008.5.1.4.1.1.88.59',
  structuredReport: '1.2.840.10008.5.1.4.1.1.88.',
} as const;
const projection = new Set(['DX', 'CR', 'MG', 'RG', 'IO', 'PX']);

const rootPath = '/dicom-web';
export const instancePath = (instance: DataSet) =>
  `${rootPath}/studies/${text(instance, tag.studyInstanceUid)}/series/${text(instance, tag.seriesInstanceUid)}/instances/${text(instance, tag.sopInstanceUid)}`;

const frames = (instance: DataSet) => Math.max(1, number(instance, tag.numberOfFrames) ?? 1);

export function imageIdsOf(instance: DataSet): string[] {
  const path = `wadors:${instancePath(instance)}/frames/`;
  return Array.from({ length: frames(instance) }, (_, index) => `${path}${index + 1}`);
}

/** Which object and which of its frames (from 1) an image of a display set is. */
export function frameOf(set: DisplaySet, index: number): { instance: DataSet; frame: number } | null {
  let left = index;
  for (const instance of set.instances) {
    const count = frames(instance);
    if (left < count) return { instance, frame: left + 1 };
    left -= count;
  }
  return null;
}

/** Which image of a display set, from 0, an object's frame is; null where it is not in the set. */
export function imageIndexOf(
  set: DisplaySet,
  { sopInstanceUid, frame }: { sopInstanceUid: string; frame: number },
): number | null {
  let before = 0;
  for (const instance of set.imageIds.length > 0 ? set.instances : []) {
    if (text(instance, tag.sopInstanceUid) === sopInstanceUid)
      return before + Math.max(1, Math.min(frame, frames(instance))) - 1;
    before += frames(instance);
  }
  return null;
}

function isImage(instance: DataSet): boolean {
  const pixels = instance[tag.pixelData] ?? instance['7FE00008'] ?? instance['7FE00009'];
  return (
    pixels !== undefined && number(instance, tag.rows) !== null && number(instance, tag.columns) !== null
  );
}

/** Which pane shows an object: the first rule that matches. */
const rules: { kind: PaneKind; matches: (instance: DataSet) => boolean; alone: boolean }[] = [
  { kind: 'pdf', alone: true, matches: (i) => text(i, tag.sopClassUid) === sopClass.encapsulatedPdf },
  {
    kind: 'key-objects',
    alone: true,
    matches: (i) => text(i, tag.sopClassUid) === sopClass.keyObjectSelection,
  },
  { kind: 'sr', alone: true, matches: (i) => text(i, tag.sopClassUid).startsWith(sopClass.structuredReport) },
  { kind: 'cine', alone: true, matches: (i) => isImage(i) && frames(i) > 1 },
  { kind: 'stack', alone: true, matches: (i) => isImage(i) && projection.has(text(i, tag.modality)) },
  { kind: 'stack', alone: false, matches: isImage },
  { kind: 'other', alone: true, matches: () => true },
];

const isLocalizer = (instance: DataSet) => values(instance, tag.imageType).includes('LOCALIZER');

/** Images that scroll together: same size, same orientation, localizers apart. */
function stackKey(instance: DataSet): string {
  // Added to zero: a device's rounding error has a sign, and -0.0 is no other direction than 0.0.
  const orientation = numbers(instance, tag.imageOrientation).map((value) => Math.round(value * 10) + 0);
  return [
    isLocalizer(instance) ? 'loc' : '',
    number(instance, tag.rows),
    number(instance, tag.columns),
    ...orientation,
  ].join('/');
}

/** Distance along the normal of the slices, or null where the geometry is not known. */
export function slicePosition(instance: DataSet): number | null {
  const o = numbers(instance, tag.imageOrientation);
  const p = numbers(instance, tag.imagePosition);
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = o;
  const [x = 0, y = 0, z = 0] = p;
  if (o.length !== 6 || p.length !== 3) return null;
  return (ry * cz - rz * cy) * x + (rz * cx - rx * cz) * y + (rx * cy - ry * cx) * z;
}

/** Head first for axial slices: the first image is the one a radiologist expects first. */
export function inReadingOrder(instances: readonly DataSet[]): DataSet[] {
  const placed = instances.map((instance) => ({
    instance,
    at: slicePosition(instance),
    n: number(instance, tag.instanceNumber) ?? 0,
  }));
  const distinct = new Set(placed.map((each) => each.at?.toFixed(3)));
  const geometric = placed.every((each) => each.at !== null) && distinct.size === placed.length;
  // A stack with several phases or echoes has equal positions: the device's own numbers are its order.
  return placed
    .sort((a, b) => (geometric ? (b.at ?? 0) - (a.at ?? 0) : a.n - b.n))
    .map((each) => each.instance);
}

function frameRate(instance: DataSet): number | null {
  const time = number(instance, tag.frameTime);
  return (
    number(instance, tag.recommendedFrameRate) ??
    number(instance, tag.cineRate) ??
    (time ? Math.round(1000 / time) : null)
  );
}

/** Splits the instances of one series into what viewports show. */
export function displaySetsOf(instances: readonly DataSet[]): DisplaySet[] {
  const groups = new Map<string, { kind: PaneKind; instances: DataSet[] }>();
  for (const instance of instances) {
    const rule = rules.find((each) => each.matches(instance)) ?? { kind: 'other' as const, alone: true };
    const key = rule.alone ? text(instance, tag.sopInstanceUid) : stackKey(instance);
    const group = groups.get(key);
    if (group) group.instances.push(instance);
    else groups.set(key, { kind: rule.kind, instances: [instance] });
  }
  const sets = [...groups.entries()].map(([key, group]): DisplaySet => {
    const ordered = inReadingOrder(group.instances);
    const first = ordered[0] ?? {};
    const images = group.kind === 'stack' || group.kind === 'cine';
    return {
      id: `${text(first, tag.seriesInstanceUid)}|${key}`,
      kind: group.kind,
      studyUid: text(first, tag.studyInstanceUid),
      seriesUid: text(first, tag.seriesInstanceUid),
      modality: text(first, tag.modality),
      seriesNumber: number(first, tag.seriesNumber) ?? 0,
      description: [
        text(first, tag.seriesDescription),
        text(first, tag.viewPosition),
        isLocalizer(first) ? 'LOC' : '',
      ]
        .filter(Boolean)
        .join(' '),
      bodyPart: text(first, tag.bodyPartExamined),
      instances: ordered,
      imageIds: images ? ordered.flatMap(imageIdsOf) : [],
      frameRate: images ? frameRate(first) : null,
    };
  });
  const rank = (set: DisplaySet) => (isLocalizer(set.instances[0] ?? {}) ? 1 : 0);
  return sets.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (number(a.instances[0] ?? {}, tag.instanceNumber) ?? 0) -
        (number(b.instances[0] ?? {}, tag.instanceNumber) ?? 0),
  );
}
