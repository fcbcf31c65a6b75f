import { useTranslation } from 'react-i18next';
import { cardiothoracicRatio, measurementText, ratioText } from './measurements.ts';
import type { CasePaneProps } from '../contract.ts';
import { ReportPane } from '../../shell/ReportPane.tsx';
import { MeasurementKeeper } from './MeasurementKeeper.tsx';
import { KeyImageStrip } from './KeyImageStrip.tsx';
import { OpinionList } from './OpinionList.tsx';
import { OpinionNote } from './OpinionNote.tsx';
import { PriorReport } from './PriorReport.tsx';
import { sameRegion, usePriors } from './priors.tsx';
import { getReading, shownQuality, useReading } from './readingStore.ts';
import { useSession } from '../../shell/session.tsx';
import { shownInputs } from './shownImages.ts';
import { ViewingLimits } from './ViewingLimits.tsx';
import { mustWait, stillComing } from './viewingQuality.ts';

/** The report beside the images: measurements and the comparison come in by a key. */
export default function ImagingReport({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('imaging');
  const reading = useReading(order.id);
  const quality = shownQuality(reading);
  const { user } = useSession();
  const priors = usePriors(order);
  return (
    <ReportPane
      order={order}
      reload={reload}
      modality={order.modality ?? null}
      bodyPart={order.bodyPart ?? null}
      fields={(content, change, editable) => (
        <>
          <OpinionNote order={order} />
          <OpinionList order={order} />
          <ViewingLimits quality={quality} content={content} change={change} editable={editable} />
          {reading.prior && <PriorReport prior={reading.prior} />}
          <KeyImageStrip order={order} editable={editable} />
          <MeasurementKeeper orderId={order.id} content={content} change={change} editable={editable} />
        </>
      )}
      blockSubmit
      shownInputs={() => shownInputs(order.id)}
      blockSign={(content) => (mustWait(quality, content, user.id) ? t(`limits.wait.${quality}`) : null)}
      blockAmend={stillComing(quality) ? t(`limits.wait.${quality}`) : null}
      insertions={[
        {
          key: 'measurements',
          label: t('insert.measurements', { n: reading.measurements.length }),
          shortcut: 'alt+m',
          text: () => measurementText(getReading(order.id).measurements, t),
        },
        {
          key: 'ratio',
          label: t('insert.ratio'),
          text: () => {
            const ratio = cardiothoracicRatio(getReading(order.id).measurements);
            return ratio ? ratioText(ratio, t) : '';
          },
        },
        {
          key: 'comparison',
          label: t('insert.comparison'),
          shortcut: 'alt+c',
          text: () => {
            const { prior } = getReading(order.id);
            if (prior) return t('comparison', { date: prior.date, item: prior.item });
            if (!priors) return '';
            const earlier = sameRegion(priors, order) ?? priors[0];
            return earlier
              ? t('comparisonNotOpened', { date: earlier.date, item: earlier.item })
              : t('comparisonNone');
          },
        },
      ]}
    />
  );
}
