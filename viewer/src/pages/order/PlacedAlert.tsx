import { Alert, Button, Space, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { UnansweredPlatforms } from './UnansweredPlatforms.tsx';
import type { Unanswered } from './useEarlierResults.ts';

/** A request as it was placed. */
export interface Placed {
  requestId: string;
  /** Adopted results, each with the text that the record cites. */
  adopted?: { promptId: string; citation: string }[];
  orders: { id: string; accessionNumber: string; itemName: string }[];
  unanswered?: Unanswered[];
}

/** Its numbers, each opening its order, what was adopted instead, and platforms that gave no answer. */
export function PlacedAlert({ placed, onClose }: { placed: Placed; onClose(): void }) {
  const { t } = useTranslation('order');
  const navigate = useNavigate();
  return (
    <>
      <Alert
        type="success"
        showIcon
        closable={{ onClose }}
        title={
          placed.orders.length > 0
            ? t('placedNumbers', {
                numbers: placed.orders.map((o) => `${o.itemName} ${o.accessionNumber}`).join('、'),
              })
            : t('allAdopted')
        }
        description={(placed.adopted ?? []).map((each) => (
          <Typography.Paragraph key={each.promptId} copyable style={{ margin: 0 }}>
            {each.citation}
          </Typography.Paragraph>
        ))}
        action={
          <Space>
            {placed.orders.map((order) => (
              <Button key={order.id} size="small" onClick={() => void navigate(`/orders/${order.id}`)}>
                {t('show', { number: order.accessionNumber })}
              </Button>
            ))}
          </Space>
        }
      />
      <UnansweredPlatforms platforms={placed.unanswered ?? []} />
    </>
  );
}
