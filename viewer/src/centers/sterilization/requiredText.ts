import type { TFunction } from 'i18next';

/** What a blocked machine must still show: empty process runs, Bowie-Dick tests, or both. */
export function requiredText(
  block: { requiredProcess: number; requiredBowieDick: number },
  t: TFunction,
): string {
  return [
    ...(block.requiredProcess > 0
      ? [t('sterilization:recall.requiredProcess', { n: block.requiredProcess })]
      : []),
    ...(block.requiredBowieDick > 0
      ? [t('sterilization:recall.requiredBowieDick', { n: block.requiredBowieDick })]
      : []),
  ].join(' ');
}
