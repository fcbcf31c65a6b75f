import { Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../format.ts';
import { useRecognition } from './useRecognition.ts';

/** What the clinician decided on earlier results of this order; the citation is copied into the record. */
export function RecognitionDecisions({ orderId }: { orderId: string }) {
  const { t } = useTranslation('order');
  const decided = useRecognition(orderId).data?.decided ?? [];
  if (decided.length === 0) return null;
  return (
    <section className="hub-panel" style={{ margin: 8 }} aria-label={t('recognition.decided')}>
      <h3 style={{ margin: '0 0 6px' }}>{t('recognition.decided')}</h3>
      {decided.map((each) => (
        <div key={each.id} style={{ marginBottom: 8 }}>
          <b>{each.itemName}</b> {t(`recognition.decision.${each.decision}`)}
          <span className="hub-quiet">
            {' · '}
            {each.decidedBy} {dateTime(each.decidedAt)}
            {' · '}
            {each.sourceOrderId ? (
              <a href={`/orders/${each.sourceOrderId}`} target="_blank" rel="noreferrer">
                {each.accessionNumber}
              </a>
            ) : (
              `${each.platformName} ${each.reportNumber}`
            )}
          </span>
          {each.citation && (
            <Typography.Paragraph copyable style={{ margin: 0 }}>
              {each.citation}
            </Typography.Paragraph>
          )}
          {each.reason && (
            <p style={{ margin: 0 }}>
              {[
                t(`recognition.reasons.${each.reason}`, { defaultValue: each.reason }),
                each.note,
                each.patientInformed?.by && t('recognition.toldBy', { who: each.patientInformed.by }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          )}
        </div>
      ))}
    </section>
  );
}
