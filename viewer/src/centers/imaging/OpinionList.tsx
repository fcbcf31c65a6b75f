import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Order, OrderStatus } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';

interface Opinion {
  orderId: string;
  accessionNumber: string;
  status: OrderStatus;
  reportingInstitutionName: string;
  question: string;
  dueAt: string | null;
  impression: string | null;
  signedBy: string | null;
}

/** What was asked about a case and what was answered, each with its order. */
export function OpinionList({ order }: { order: Order }) {
  const { t } = useTranslation(['imaging', 'shell']);
  const opinions = (order.input?.secondOpinions as Opinion[] | undefined) ?? [];
  if (opinions.length === 0) return null;
  return (
    <ul className="hub-opinions" aria-label={t('opinion.list')}>
      {opinions.map((each) => (
        <li key={each.orderId}>
          <Link to={`/orders/${each.orderId}`}>{each.accessionNumber}</Link> {each.reportingInstitutionName} ·{' '}
          {t(`shell:status.${each.status}`)}
          {each.dueAt && !each.impression && (
            <span className="hub-quiet"> {t('opinion.due', { at: dateTime(each.dueAt) })}</span>
          )}
          <div className="hub-quiet">{each.question}</div>
          {each.impression && (
            <div>
              <b>{each.impression}</b> <span className="hub-quiet">{each.signedBy}</span>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
