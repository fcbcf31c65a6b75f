import { Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../format.ts';

/** What the clinician wrote. */
export function OrderFacts({ order }: { order: Order }) {
  const { t } = useTranslation('shell');
  const consent = order.remoteConsent as { by?: string; at?: string } | null | undefined;
  const rows = [
    ['items', order.items.map((each) => `${each.name} (${each.code})`).join('、')],
    ['clinicalInfo', order.clinicalInfo],
    ['requestedBy', order.requestedByName as string | undefined],
    ['requestedAt', dateTime(order.requestedAt ?? (order.createdAt as string | undefined))],
    ['requestingInstitution', order.institutionName],
    ['performingInstitution', order.performingInstitutionName],
    ['reportingInstitution', order.reportingInstitutionName],
    ['placerOrderNumber', order.placerOrderNumber],
    ['consent', consent ? `${consent.by ?? ''} ${dateTime(consent.at)}` : null],
  ] as const;
  return (
    <div style={{ padding: 12 }}>
      <Descriptions
        size="small"
        column={1}
        title={t('order.facts')}
        styles={{ label: { width: 96 } }}
        items={rows
          .filter(([, value]) => value)
          .map(([key, value]) => ({
            key,
            label: t(`order.${key}`),
            children: <span className="hub-prewrap">{value}</span>,
          }))}
      />
    </div>
  );
}
