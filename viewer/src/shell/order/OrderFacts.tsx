import { useQuery } from '@tanstack/react-query';
import { Descriptions } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../format.ts';

interface Charge {
  state: string;
  charge: { amount: number | string | null; reference: string | null; reason: string | null } | null;
  lines: { itemCode: string; itemName: string; price: number | string }[];
}

/** What the clinician wrote, what the HIS says of payment, and the prices frozen at signing. */
export function OrderFacts({ order }: { order: Order }) {
  const { t } = useTranslation('shell');
  const consent = order.remoteConsent as { by?: string; at?: string } | null | undefined;
  const charge = useQuery({
    queryKey: ['order', order.id, 'charge'],
    queryFn: ({ signal }) => get<Charge>(`/api/orders/${order.id}/charge`, signal),
  });
  const yuan = (value: number | string) => t('order.yuan', { value: Number(value).toFixed(2) });
  const { charge: paid, lines = [] } = charge.data ?? {};
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
    [
      'charge',
      charge.data && paid
        ? [
            t(`order.chargeState.${charge.data.state}`),
            paid.amount === null ? '' : yuan(paid.amount),
            paid.reference,
            paid.reason,
          ]
            .filter(Boolean)
            .join(' · ')
        : null,
    ],
    ['frozenPrice', lines.map((line) => `${line.itemName} ${yuan(line.price)}`).join('、')],
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
