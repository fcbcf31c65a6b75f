import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Order } from '../../api/types.ts';

interface OpinionOn {
  orderId: string;
  accessionNumber: string;
  question: string;
  askedBy: string;
}

/** On a sub-order: which case the opinion is asked on, and the question. */
export function OpinionNote({ order }: { order: Order }) {
  const { t } = useTranslation('imaging');
  const on = order.input?.opinionOn as OpinionOn | null | undefined;
  if (!on) return null;
  return (
    <Alert
      type="info"
      title={
        <>
          {t('opinion.on', { who: on.askedBy })}{' '}
          <Link to={`/orders/${on.orderId}`}>{on.accessionNumber}</Link>
        </>
      }
      description={on.question}
    />
  );
}
