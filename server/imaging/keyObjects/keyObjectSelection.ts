import { documentRoot, imageItem, textItem, type ImageReference } from '../../standards/dicom/contentItem.ts';
import type { ElementList } from '../../standards/dicom/index.ts';

/** Content of a Key Object Selection (PS3.16 TID 2010) "Of Interest": who chose, what for, and the images in their order. */
export function keyObjectSelection(input: {
  observer: string;
  description: string;
  images: readonly ImageReference[];
}): ElementList {
  return documentRoot({
    title: ['113000', 'DCM', 'Of Interest'],
    template: '2010',
    observer: input.observer,
    items: [
      textItem('CONTAINS', ['113012', 'DCM', 'Key Object Description'], input.description),
      ...input.images.map((image) => imageItem('CONTAINS', image)),
    ],
  });
}
