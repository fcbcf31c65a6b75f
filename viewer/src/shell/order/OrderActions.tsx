import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { has, may } from '../access.ts';
import { DangerDialog } from '../DangerDialog.tsx';
import { DecideButton } from './DecideButton.tsx';
import { ReferButton } from './ReferButton.tsx';
import { reasonsFor } from '../report/reasons.ts';
import { useSession } from '../session.tsx';
import { errorText } from '../states.tsx';

/** What the requesting site may do with its order, and what a reader accepts by hand. */
export function OrderActions({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation(['shell', 'order']);
  const session = useSession();
  const { message } = App.useApp();
  const [cancelling, setCancelling] = useState(false);
  const [protecting, setProtecting] = useState(false);
  const protection = order.patient?.protected ? 'unprotect' : 'protect';
  const mine = session.institution.id === order.requestingInstitutionId;
  const mayCancel =
    mine &&
    has(session, 'clinician', 'village-doctor') &&
    ['requested', 'awaiting-decision', 'acquired', 'received', 'returned'].includes(order.status);
  const mayAccept = session.centers.includes(order.center) && ['returned', 'acquired'].includes(order.status);
  const accept = async () => {
    try {
      await post(`/api/orders/${order.id}/accept`);
      reload();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <>
      {mayAccept && (
        <Button size="small" onClick={() => void accept()}>
          {t('order.accept')}
        </Button>
      )}
      {mine && <DecideButton order={order} reload={reload} />}
      {mayCancel && (
        <Button size="small" onClick={() => setCancelling(true)}>
          {t('action.cancelOrder')}
        </Button>
      )}
      {mine && order.patient && may(session, 'patient.refer') && (
        <ReferButton order={order} reload={reload} />
      )}
      {order.patient && may(session, 'patient.protect') && (
        <Button size="small" type="text" onClick={() => setProtecting(true)}>
          {t(`action.${protection}`)}
        </Button>
      )}
      <DangerDialog
        open={protecting}
        title={t(`action.${protection}`)}
        consequence={t(`danger.${protection}`, { who: order.patient?.name ?? '' })}
        note
        okText={t(`action.${protection}`)}
        onOk={async ({ note }) => {
          await post(`/api/patients/${order.patient?.id ?? ''}/protection`, {
            protected: protection === 'protect',
            reason: note,
          });
          reload();
        }}
        onClose={() => setProtecting(false)}
      />
      <DangerDialog
        open={cancelling}
        title={t('action.cancelOrder')}
        consequence={t('danger.cancel', { who: order.patient?.name ?? '', number: order.accessionNumber })}
        reasons={reasonsFor('cancel', t)}
        okText={t('action.cancelOrder')}
        onOk={async ({ code, note }) => {
          await post(`/api/orders/${order.id}/cancel`, {
            reason: note ? `${t(`reasons.cancel.${code}`)}：${note}` : t(`reasons.cancel.${code}`),
          });
          reload();
        }}
        onClose={() => setCancelling(false)}
      />
    </>
  );
}
