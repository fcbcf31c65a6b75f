import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../format.ts';

/** Why the centre sent a request back and what it waits for; nothing while it does not stand so. */
export function ReturnedNotice({ order }: { order: Order }) {
  const { t } = useTranslation('shell');
  const { returned } = order;
  if (!returned) return null;
  const reason = returned.reason ? t(`reasons.return.${returned.reason}`, returned.reason) : '';
  return (
    <Alert
      type="warning"
      showIcon
      title={t('returned.title', { reason })}
      description={
        <>
          {returned.note && <div className="hub-prewrap">{returned.note}</div>}
          <div className="hub-quiet">
            {[returned.by, dateTime(new Date(returned.at).toISOString())].filter(Boolean).join(' · ')}
          </div>
          <div>{t('returned.next', { context: order.center })}</div>
        </>
      }
    />
  );
}
