import { tags } from './tags.ts';
import type { ElementList } from './writeDataSet.ts';

/** Code value, coding scheme designator, code meaning (PS3.3 §8). */
export type Code = readonly [value: string, scheme: string, meaning: string];

export type Relationship =
  'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'INFERRED FROM' | 'SELECTED FROM';

/** Tags of the SR document modules (PS3.3 §C.17). */
export const srTags = {
  relationshipType: 0x0040a010,
  verifyingOrganization: 0x0040a027,
  verificationDateTime: 0x0040a030,
  valueType: 0x0040a040,
  conceptNameCodeSequence: 0x0040a043,
  continuityOfContent: 0x0040a050,
  verifyingObserverSequence: 0x0040a073,
  verifyingObserverName: 0x0040a075,
  verifyingObserverIdentificationCodeSequence: 0x0040a088,
  uid: 0x0040a124,
  personName: 0x0040a123,
  textValue: 0x0040a160,
  conceptCodeSequence: 0x0040a168,
  measuredValueSequence: 0x0040a300,
  numericValue: 0x0040a30a,
  measurementUnitsCodeSequence: 0x004008ea,
  predecessorDocumentsSequence: 0x0040a360,
  performedProcedureCodeSequence: 0x0040a372,
  currentRequestedProcedureEvidenceSequence: 0x0040a375,
  completionFlag: 0x0040a491,
  verificationFlag: 0x0040a493,
  preliminaryFlag: 0x0040a496,
  contentTemplateSequence: 0x0040a504,
  contentSequence: 0x0040a730,
  mappingResource: 0x00080105,
  templateIdentifier: 0x0040db00,
  graphicData: 0x00700022,
  graphicType: 0x00700023,
  referencedFrameNumber: 0x00081160,
} as const;

export const codeItem = ([value, scheme, meaning]: Code): ElementList => [
  [tags.codeValue, value],
  [tags.codingSchemeDesignator, scheme],
  [tags.codeMeaning, meaning],
];

function contentItem(
  relationship: Relationship,
  valueType: string,
  concept: Code | undefined,
  value: ElementList,
  below: readonly ElementList[] = [],
): ElementList {
  return [
    [srTags.relationshipType, relationship],
    [srTags.valueType, valueType],
    ...(concept ? ([[srTags.conceptNameCodeSequence, [codeItem(concept)]]] as ElementList) : []),
    ...value,
    ...(below.length > 0 ? ([[srTags.contentSequence, below]] as ElementList) : []),
  ];
}

/** The template a container follows (PS3.3 §C.18.8, PS3.16). */
export const template = (identifier: string): ElementList => [
  [
    srTags.contentTemplateSequence,
    [
      [
        [srTags.mappingResource, 'DCMR'],
        [srTags.templateIdentifier, identifier],
      ],
    ],
  ],
];

export const container = (concept: Code, below: readonly ElementList[], follows?: string): ElementList =>
  contentItem(
    'CONTAINS',
    'CONTAINER',
    concept,
    [[srTags.continuityOfContent, 'SEPARATE'], ...(follows ? template(follows) : [])],
    below,
  );

export const textItem = (relationship: Relationship, concept: Code, text: string): ElementList =>
  contentItem(relationship, 'TEXT', concept, [[srTags.textValue, text]]);

export const codedItem = (relationship: Relationship, concept: Code, code: Code): ElementList =>
  contentItem(relationship, 'CODE', concept, [[srTags.conceptCodeSequence, [codeItem(code)]]]);

export const uidItem = (relationship: Relationship, concept: Code, uid: string): ElementList =>
  contentItem(relationship, 'UIDREF', concept, [[srTags.uid, uid]]);

export const personItem = (relationship: Relationship, concept: Code, name: string): ElementList =>
  contentItem(relationship, 'PNAME', concept, [[srTags.personName, name]]);

/** A number with its UCUM unit; DS holds 16 characters (PS3.5 §6.2). */
export const numberItem = (
  concept: Code,
  value: number,
  unit: Code,
  below: readonly ElementList[] = [],
): ElementList =>
  contentItem(
    'CONTAINS',
    'NUM',
    concept,
    [
      [
        srTags.measuredValueSequence,
        [
          [
            [srTags.numericValue, decimal(value)],
            [srTags.measurementUnitsCodeSequence, [codeItem(unit)]],
          ],
        ],
      ],
    ],
    below,
  );

export interface ImageReference {
  sopClassUid: string;
  sopInstanceUid: string;
  /** From 1; undefined for single-frame objects. */
  frame?: number | undefined;
}

/** A reference to an image or to one of its frames (PS3.3 §C.18.4). */
export const imageItem = (relationship: Relationship, image: ImageReference): ElementList =>
  contentItem(relationship, 'IMAGE', undefined, [
    [
      tags.referencedSopSequence,
      [
        [
          [tags.referencedSopClassUid, image.sopClassUid],
          [tags.referencedSopInstanceUid, image.sopInstanceUid],
          ...(image.frame ? ([[srTags.referencedFrameNumber, image.frame]] as ElementList) : []),
        ],
      ],
    ],
  ]);

/** Points in the pixel matrix, (0,0) the outer corner of the first pixel (PS3.3 §C.18.6.1), on the image they were drawn on. */
export const pointsItem = (
  relationship: Relationship,
  concept: Code | undefined,
  graphicType: 'POINT' | 'POLYLINE' | 'ELLIPSE',
  points: readonly (readonly [number, number])[],
  image: ImageReference,
): ElementList =>
  contentItem(
    relationship,
    'SCOORD',
    concept,
    [
      [srTags.graphicType, graphicType],
      [srTags.graphicData, points.flat()],
    ],
    [imageItem('SELECTED FROM', image)],
  );

/** At most 16 characters, without exponent where the size allows. */
export function decimal(value: number): string {
  const plain = String(Math.round(value * 10_000) / 10_000);
  return plain.length <= 16 ? plain : value.toExponential(8);
}

/**
 * Root of a structured document (PS3.3 §C.17.3) by a person, in Chinese: its title, its template, and what follows the
 * language and the observer.
 */
export function documentRoot(input: {
  title: Code;
  template: string;
  observer: string;
  items: readonly ElementList[];
}): ElementList {
  return [
    [srTags.valueType, 'CONTAINER'],
    [srTags.conceptNameCodeSequence, [codeItem(input.title)]],
    [srTags.continuityOfContent, 'SEPARATE'],
    ...template(input.template),
    [
      srTags.contentSequence,
      [
        codedItem(
          'HAS CONCEPT MOD',
          ['121049', 'DCM', 'Language of Content Item and Descendants'],
          ['zh-CN', 'RFC5646', 'Chinese (China)'],
        ),
        codedItem('HAS OBS CONTEXT', ['121005', 'DCM', 'Observer Type'], ['121006', 'DCM', 'Person']),
        personItem('HAS OBS CONTEXT', ['121008', 'DCM', 'Person Observer Name'], input.observer),
        ...input.items,
      ],
    ],
  ];
}
