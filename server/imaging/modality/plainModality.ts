/** CR, DR and DX are one kind of examination. */
export const plainModality = (modality: string): string =>
  ['CR', 'DR', 'RF'].includes(modality) ? 'DX' : modality;
