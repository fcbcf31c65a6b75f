import type { TFunction } from 'i18next';

/** A bench as the page names it; one that the laboratory named itself stands as it is written. */
export const benchText = (bench: string, t: TFunction): string =>
  t(`lab:benchName.${bench}`, { defaultValue: bench });
