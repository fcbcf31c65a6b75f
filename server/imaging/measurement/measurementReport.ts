import {
  codedItem,
  container,
  documentRoot,
  numberItem,
  pointsItem,
  textItem,
  uidItem,
  type Code,
  type ImageReference,
} from '../../standards/dicom/contentItem.ts';
import { tags, type ElementList } from '../../standards/dicom/index.ts';

export type Quantity =
  'length' | 'width' | 'angle' | 'area' | 'mean' | 'stdDev' | 'min' | 'max' | 'value' | 'ratio';

/** One measurement as the report template wants it: what was drawn where, and what came out. */
export interface MeasuredGroup {
  /** Name of the drawing tool, kept so that the same tool shows it again: `Length`, `CobbAngle`. */
  tool: string;
  trackingUid: string;
  label?: string | undefined;
  image: ImageReference;
  /** Column and row of the tool's handles in the pixel matrix. */
  points: (readonly [number, number])[];
  values: { quantity: Quantity; value: number; unit: string }[];
}

export const LOCAL = '99COUNTYHUB';
/** PS3.16 CID 7470 (linear), 7453 (derivation), 7477 (area); angles SNOMED CT. */
const CONCEPTS: Record<Quantity, Code> = {
  length: ['410668003', 'SCT', 'Length'],
  width: ['103340004', 'SCT', 'Short Axis'],
  angle: ['1483009', 'SCT', 'Angle'],
  area: ['42798000', 'SCT', 'Area'],
  mean: ['373098007', 'SCT', 'Mean'],
  stdDev: ['386136009', 'SCT', 'Standard Deviation'],
  min: ['255605001', 'SCT', 'Minimum'],
  max: ['56851009', 'SCT', 'Maximum'],
  value: ['1', LOCAL, 'Pixel value'],
  ratio: ['CTR', LOCAL, 'Cardiothoracic ratio'],
};
const LONG_AXIS: Code = ['103339001', 'SCT', 'Long Axis'];
const COBB: Code = ['285285000', 'SCT', 'Cobb angle'];
const ATTENUATION: Code = ['112031', 'DCM', 'Attenuation Coefficient'];
const DERIVATION: Code = ['121401', 'DCM', 'Derivation'];
const IMAGE_REGION: Code = ['111030', 'DCM', 'Image Region'];
const DERIVED: ReadonlySet<Quantity> = new Set(['mean', 'stdDev', 'min', 'max']);

const PROCEDURES: Record<string, Code> = {
  CT: ['77477000', 'SCT', 'Computed tomography'],
  MR: ['113091000', 'SCT', 'Magnetic resonance imaging'],
  US: ['16310003', 'SCT', 'Ultrasonography'],
  MG: ['71651007', 'SCT', 'Mammography'],
};
const ANY_RADIOGRAPHY: Code = ['363680008', 'SCT', 'Radiographic imaging procedure'];

/** UCUM codes for the units that the viewer measures in. */
const UNITS: Record<string, Code> = {
  mm: ['mm', 'UCUM', 'mm'],
  cm: ['cm', 'UCUM', 'cm'],
  'mm²': ['mm2', 'UCUM', 'mm2'],
  'cm²': ['cm2', 'UCUM', 'cm2'],
  px: ['{pixels}', 'UCUM', 'pixels'],
  'px²': ['{pixels}', 'UCUM', 'pixels'],
  '°': ['deg', 'UCUM', 'deg'],
  HU: ["[hnsf'U]", 'UCUM', 'Hounsfield unit'],
};
const NO_UNIT: Code = ['1', 'UCUM', 'no units'];
const unitOf = (unit: string): Code => UNITS[unit] ?? NO_UNIT;

const REGIONS: ReadonlySet<string> = new Set([
  'EllipticalROI',
  'RectangleROI',
  'PlanarFreehandROI',
  'ArrowAnnotate',
]);

/**
 * Content of an Imaging Measurement Report (PS3.16 TID 1500): observer, procedure, and one group for each measurement:
 * TID 1410 (planar region) where an area was drawn, TID 1501 otherwise.
 */
export function measurementReport(input: {
  observer: string;
  modality: string;
  groups: readonly MeasuredGroup[];
}): ElementList {
  return documentRoot({
    title: ['126000', 'DCM', 'Imaging Measurement Report'],
    template: '1500',
    observer: input.observer,
    items: [
      codedItem(
        'HAS CONCEPT MOD',
        ['121058', 'DCM', 'Procedure reported'],
        PROCEDURES[input.modality] ?? ANY_RADIOGRAPHY,
      ),
      container(['126010', 'DCM', 'Imaging Measurements'], input.groups.map(groupItem)),
    ],
  });
}

function groupItem(group: MeasuredGroup): ElementList {
  const region = REGIONS.has(group.tool);
  return container(
    ['125007', 'DCM', 'Measurement Group'],
    [
      textItem(
        'HAS OBS CONTEXT',
        ['112039', 'DCM', 'Tracking Identifier'],
        `Cornerstone3DTools@^0.1.0:${group.tool}`,
      ),
      uidItem('HAS OBS CONTEXT', ['112040', 'DCM', 'Tracking Unique Identifier'], group.trackingUid),
      ...(region
        ? [pointsItem('CONTAINS', IMAGE_REGION, graphicType(group), graphicOf(group), group.image)]
        : []),
      ...group.values.map((each, index) => valueItem(group, each, index, region)),
      ...(group.label ? [textItem('CONTAINS', ['121106', 'DCM', 'Comment'], group.label)] : []),
    ],
    region ? '1410' : '1501',
  );
}

/** A value; lengths and angles carry the points they were measured between. */
function valueItem(
  group: MeasuredGroup,
  { quantity, value, unit }: MeasuredGroup['values'][number],
  index: number,
  region: boolean,
): ElementList {
  if (DERIVED.has(quantity))
    return numberItem(unit === 'HU' ? ATTENUATION : CONCEPTS.value, value, unitOf(unit), [
      codedItem('HAS CONCEPT MOD', DERIVATION, CONCEPTS[quantity]),
    ]);
  const concept =
    group.tool === 'CobbAngle'
      ? COBB
      : group.tool === 'Bidirectional' && quantity === 'length'
        ? LONG_AXIS
        : quantity === 'value' && unit === 'HU'
          ? ATTENUATION
          : CONCEPTS[quantity];
  const points = group.tool === 'Bidirectional' ? group.points.slice(index * 2, index * 2 + 2) : group.points;
  return numberItem(
    concept,
    value,
    unitOf(unit),
    region || quantity === 'ratio'
      ? []
      : [
          pointsItem(
            'INFERRED FROM',
            undefined,
            points.length === 1 ? 'POINT' : 'POLYLINE',
            points,
            group.image,
          ),
        ],
  );
}

const graphicType = ({ tool }: MeasuredGroup): 'POLYLINE' | 'ELLIPSE' =>
  tool === 'EllipticalROI' ? 'ELLIPSE' : 'POLYLINE';

/** Handles of the tool as DICOM orders them: major axis first, outlines closed. */
function graphicOf({ tool, points }: MeasuredGroup): (readonly [number, number])[] {
  const [a, b, c, d] = points;
  if (tool === 'EllipticalROI' && a && b && c && d) {
    const size = (p: readonly [number, number], q: readonly [number, number]) =>
      Math.hypot(p[0] - q[0], p[1] - q[1]);
    return size(a, b) >= size(c, d) ? [a, b, c, d] : [c, d, a, b];
  }
  if (tool === 'RectangleROI' && a && b && c && d) return [a, b, d, c, a];
  if (tool === 'PlanarFreehandROI' && a) return [...points, a];
  return [...points];
}

/** The evidence of a document: every referenced object below its study and series (PS3.3 §C.17.2). */
export function evidence(
  studyInstanceUid: string,
  images: readonly { seriesInstanceUid: string; sopClassUid: string; sopInstanceUid: string }[],
): ElementList {
  const series = Map.groupBy(images, (image) => image.seriesInstanceUid);
  return [
    [tags.studyInstanceUid, studyInstanceUid],
    [
      tags.referencedSeriesSequence,
      [...series].map(([uid, list]): ElementList => [
        [tags.seriesInstanceUid, uid],
        [
          tags.referencedSopSequence,
          [...new Map(list.map((image) => [image.sopInstanceUid, image])).values()].map(
            (image): ElementList => [
              [tags.referencedSopClassUid, image.sopClassUid],
              [tags.referencedSopInstanceUid, image.sopInstanceUid],
            ],
          ),
        ],
      ]),
    ],
  ];
}
