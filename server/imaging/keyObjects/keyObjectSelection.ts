import {
  codedItem,
  codeItem,
  imageItem,
  personItem,
  srTags,
  template,
  textItem,
  type ImageReference,
} from '../../standards/dicom/contentItem.ts';
import type { ElementList } from '../../standards/dicom/index.ts';

/** Content of a Key Object Selection (PS3.16 TID 2010) "Of Interest": who chose, what for, and the images in their order. */
export function keyObjectSelection(input: {
  observer: string;
  description: string;
  images: readonly ImageReference[];
}): ElementList {
  return [
    [srTags.valueType, 'CONTAINER'],
    [srTags.conceptNameCodeSequence, [codeItem(['113000', 'DCM', 'Of Interest'])]],
    [srTags.continuityOfContent, 'SEPARATE'],
    ...template('2010'),
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
        textItem('CONTAINS', ['113012', 'DCM', 'Key Object Description'], input.description),
        ...input.images.map((image) => imageItem('CONTAINS', image)),
      ],
    ],
  ];
}
