import { useTranslation } from 'react-i18next';
import type { OrderStatus } from '../api/types.ts';

const tone: Record<OrderStatus, 'waiting' | 'inHand' | 'warn' | 'breach' | 'done'> = {
  requested: 'waiting',
  'awaiting-decision': 'warn',
  acquired: 'waiting',
  received: 'waiting',
  claimed: 'inHand',
  preliminary: 'inHand',
  partial: 'inHand',
  final: 'done',
  acknowledged: 'done',
  returned: 'warn',
  corrected: 'warn',
  cancelled: 'waiting',
  void: 'breach',
};

/** The status as a word in its colour. */
export function StatusWord({ status }: { status: OrderStatus }) {
  const { t } = useTranslation('shell');
  return <span className={`hub-status hub-tone-${tone[status] ?? 'waiting'}`}>{t(`status.${status}`)}</span>;
}
