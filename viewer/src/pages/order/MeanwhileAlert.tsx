import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';

/** The same item, ordered by somebody else at the moment this request was sent. */
export interface OrderedMeanwhile {
  id: string;
  accessionNumber: string;
  itemName: string;
  institutionName: string;
  requestedByName: string | null;
  createdAt: string;
}

/** Who ordered the same meanwhile, and what to do about it. */
export function MeanwhileAlert({ orders }: { orders: OrderedMeanwhile[] }) {
  const { t } = useTranslation('order');
  return (
    <Alert
      type="warning"
      showIcon
      style={{ marginBottom: 10 }}
      title={t('meanwhile.title')}
      description={
        <>
          {orders.map((order) => (
            <div key={order.id}>{t('meanwhile.order', { ...order, at: dateTime(order.createdAt) })}</div>
          ))}
          <p>{t('meanwhile.do')}</p>
        </>
      }
    />
  );
}
