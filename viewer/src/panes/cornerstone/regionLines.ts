import i18next from 'i18next';

type Stats = Record<string, unknown>;

const quantities = ['area', 'mean', 'max', 'min', 'stdDev', 'perimeter'] as const;

const unitOf = (stats: Stats, quantity: (typeof quantities)[number]): string => {
  const unit =
    quantity === 'area' ? stats.areaUnit : quantity === 'perimeter' ? stats.unit : stats.modalityUnit;
  return typeof unit === 'string' && unit !== 'raw' ? unit : '';
};

const digits = (value: number): string =>
  value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

/** What stands beside a region of interest, in the language of the page; every image it lies on has its own numbers. */
export function regionLines(data: { cachedStats?: Record<string, Stats | undefined> }): string[] {
  const stats = Object.values(data.cachedStats ?? {})[0];
  if (!stats) return [];
  if (stats.isEmptyArea) return [i18next.t('images:region.oblique')];
  return quantities.flatMap((quantity) => {
    const value = stats[quantity];
    if (typeof value !== 'number' || !Number.isFinite(value)) return [];
    return [`${i18next.t(`images:region.${quantity}`)} ${digits(value)} ${unitOf(stats, quantity)}`.trim()];
  });
}
