import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';

interface Props {
  id: string;
  stain: string;
  act: (run: () => Promise<unknown>) => Promise<boolean>;
}

/** Withdraws a stain order with its reason. */
export function CancelStain({ id, stain, act }: Props) {
  const { t } = useTranslation('pathology');
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const cancel = async () => {
    const body = { state: 'cancelled', reason };
    if (await act(() => post(`/api/pathology/stain-orders/${id}/finish`, body))) setOpen(false);
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      title={t('flow.cancelStain', { stain })}
      content={
        <span className="hub-row">
          <Input
            value={reason}
            maxLength={400}
            aria-label={t('flow.cancelReason')}
            placeholder={t('flow.cancelReason')}
            onChange={(event) => setReason(event.target.value)}
            onPressEnter={() => reason.trim() && void cancel()}
          />
          <Button danger disabled={!reason.trim()} onClick={() => void cancel()}>
            {t('flow.confirm')}
          </Button>
        </span>
      }
    >
      <Button size="small" type="text">
        {t('flow.cancel')}
      </Button>
    </Popover>
  );
}
