import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Measurement } from './measurements.ts';
import type { CasePaneProps } from '../contract.ts';
import { ReportPane } from '../../shell/ReportPane.tsx';
import { MeasurementKeeper } from './MeasurementKeeper.tsx';
import { getReading, useReading } from './readingStore.ts';

/** Heart over chest from the last two lengths, whichever was drawn first. */
export function cardiothoracicRatio(measurements: readonly Measurement[], t: TFunction): string {
  const lengths = measurements
    .flatMap((each) => /^([\d.]+) mm$/.exec(each.words)?.[1] ?? [])
    .map(Number)
    .slice(-2);
  const [heart, chest] = lengths.sort((a, b) => a - b);
  if (!heart || !chest) return '';
  return t('imaging:ratio', {
    value: (heart / chest).toFixed(2),
    heart: heart.toFixed(0),
    chest: chest.toFixed(0),
  });
}

/** The report beside the images: measurements and the comparison come in by a key. */
export default function ImagingReport({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('imaging');
  const reading = useReading(order.id);
  return (
    <ReportPane
      order={order}
      reload={reload}
      modality={order.modality ?? null}
      bodyPart={order.bodyPart ?? null}
      fields={(content, change, editable) => (
        <MeasurementKeeper orderId={order.id} content={content} change={change} editable={editable} />
      )}
      blockSign={reading.diagnostic ? null : t('previewOnly')}
      insertions={[
        {
          key: 'measurements',
          label: t('insert.measurements', { n: reading.measurements.length }),
          shortcut: 'alt+m',
          text: () =>
            getReading(order.id)
              .measurements.map((each) =>
                t('measure.line', {
                  series: each.seriesNumber,
                  image: each.imageNumber,
                  words: [each.label, each.words].filter(Boolean).join(' '),
                }),
              )
              .join('\n'),
        },
        {
          key: 'ratio',
          label: t('insert.ratio'),
          text: () => cardiothoracicRatio(getReading(order.id).measurements, t),
        },
        {
          key: 'comparison',
          label: t('insert.comparison'),
          shortcut: 'alt+c',
          text: () => {
            const { prior } = getReading(order.id);
            return prior ? t('comparison', { date: prior.date, item: prior.item }) : t('comparisonNone');
          },
        },
      ]}
    />
  );
}
