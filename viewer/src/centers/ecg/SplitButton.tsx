import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { mayBeSplit, SplitDialog } from '../../shell/order/SplitDialog.tsx';
import { useSession } from '../../shell/session.tsx';
import type { RecordingSummary } from './types.ts';

/** Takes a recording off the order that it was joined to by mistake; for whoever may. */
export function SplitButton({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation('ecg');
  const session = useSession();
  const [open, setOpen] = useState(false);
  if (!mayBeSplit(session, order)) return null;
  const recordings = (order.input?.recordings ?? []) as RecordingSummary[];
  return (
    <>
      <Button size="small" type="text" onClick={() => setOpen(true)}>
        {t('split.title')}
      </Button>
      <SplitDialog
        open={open}
        order={order}
        inputs={recordings.map((each) => ({ value: each.id, label: recordingLabel(each, t) }))}
        send={(id, split) => post(`/api/ecg/recordings/${id}/split`, { orderId: order.id, ...split })}
        reload={reload}
        onClose={() => setOpen(false)}
      />
    </>
  );
}

/** When it was recorded and in what format. */
export const recordingLabel = (recording: RecordingSummary, t: (key: string) => string): string =>
  `${recording.acquiredAt?.replace('T', ' ') ?? dateTime(recording.receivedAt)} · ${t(`ecg:format.${recording.format}`)}`;
