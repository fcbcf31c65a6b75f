import type { TFunction } from 'i18next';

export type Quantity =
  'length' | 'width' | 'angle' | 'area' | 'mean' | 'stdDev' | 'min' | 'max' | 'value' | 'ratio';

/** One number of a measurement; `unit` is `mm`, `mm²`, `cm`, `px`, `°`, `HU` or empty. */
export interface MeasuredValue {
  quantity: Quantity;
  value: number;
  unit: string;
}
type Stats = Record<string, unknown>;

/** `mm User`, `cm US Region`: the first word is the unit. */
const unitOf = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value ? (value.split(' ')[0] ?? fallback) : fallback;
const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** The numbers of one annotation by the tool that drew it. */
export function valuesOf(tool: string, stats: Stats): MeasuredValue[] {
  const one = (quantity: Quantity, value: unknown, unit: string): MeasuredValue[] =>
    typeof value === 'number' && Number.isFinite(value) ? [{ quantity, value: rounded(value), unit }] : [];
  const length = unitOf(stats.unit, 'mm');
  switch (tool) {
    case 'Length':
      return one('length', stats.length, length);
    case 'Bidirectional':
      return [...one('length', stats.length, length), ...one('width', stats.width, length)];
    case 'Angle':
    case 'CobbAngle':
      return one('angle', stats.angle, '°');
    case 'EllipticalROI':
    case 'RectangleROI':
    case 'PlanarFreehandROI': {
      const value = unitOf(stats.modalityUnit, '').replace('raw', '');
      return [
        ...one('area', stats.area, unitOf(stats.areaUnit, 'mm²')),
        ...one('mean', stats.mean, value),
        ...one('stdDev', stats.stdDev, value),
        ...one('min', stats.min, value),
        ...one('max', stats.max, value),
      ];
    }
    case 'Probe':
      return one('value', stats.value, unitOf(stats.modalityUnit, '').replace('raw', ''));
    default:
      return [];
  }
}

/** The numbers in the order and form a radiologist says them: `12.3 mm`, `45 HU`. */
export function wordsOf(tool: string, values: readonly MeasuredValue[], t: TFunction): string {
  const find = (quantity: Quantity) => values.find((each) => each.quantity === quantity);
  const say = (quantity: Quantity, digits: number) => {
    const found = find(quantity);
    return found ? `${found.value.toFixed(digits)}${found.unit === '°' ? '°' : ` ${found.unit}`}`.trim() : '';
  };
  switch (tool) {
    case 'Length':
      return say('length', 1);
    case 'Bidirectional': {
      const [long, short] = [find('length'), find('width')];
      return long && short ? `${long.value.toFixed(1)} × ${short.value.toFixed(1)} ${long.unit}` : '';
    }
    case 'Angle':
    case 'CobbAngle':
      return say('angle', 1);
    case 'Probe':
      return say('value', 0);
    default:
      return [
        find('area') ? `${t('imaging:measure.area')} ${say('area', 0)}` : '',
        find('mean') ? `${t('imaging:measure.mean')} ${say('mean', 0)}` : '',
        find('stdDev') ? `SD ${find('stdDev')?.value.toFixed(0) ?? ''}` : '',
        find('min') && find('max')
          ? `${t('imaging:measure.range')} ${find('min')?.value.toFixed(0) ?? ''} ${t('imaging:measure.upTo')} ${find('max')?.value.toFixed(0) ?? ''}`
          : '',
      ]
        .filter(Boolean)
        .join('，');
  }
}
