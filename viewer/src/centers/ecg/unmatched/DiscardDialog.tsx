import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Not used, with a reason; the bytes stay. */
export function DiscardDialog({ close, discard }: { close: () => void; discard: (reason: string) => void }) {
  const { t } = useTranslation('ecg');
  const [reason, setReason] = useState('');
  return (
    <Modal
      open
      title={t('unmatched.discard')}
      onCancel={close}
      okButtonProps={{ disabled: reason.trim() === '', danger: true }}
      onOk={() => discard(reason.trim())}
    >
      <p>{t('unmatched.discardWhat')}</p>
      <Input
        aria-label={t('unmatched.reason')}
        placeholder={t('unmatched.reason')}
        value={reason}
        maxLength={200}
        onChange={(event) => setReason(event.target.value)}
      />
    </Modal>
  );
}
