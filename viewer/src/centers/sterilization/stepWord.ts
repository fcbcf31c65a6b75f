import type { TFunction } from 'i18next';

/** The word of a state of a pack or of an indicator. */
export const stepWord = (step: string, t: TFunction) =>
  t(`sterilization:state.${step}`, {
    defaultValue: t(`sterilization:indicator.${step}`, { defaultValue: step }),
  });
