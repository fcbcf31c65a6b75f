import { App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { errorText } from '../../shell/states.tsx';

interface Props {
  open: boolean;
  order: Order;
  reload: () => void;
  onClose: () => void;
}

/** Puts a case into the reader's teaching collection with a remark, or takes it out. */
export function TeachingDialog({ open, order, reload, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const marked = order.input?.teaching === true;
  const mark = async (on: boolean) => {
    setBusy(true);
    try {
      await put(`/api/imaging/orders/${order.id}/teaching`, {
        on,
        ...(note.trim() ? { note: note.trim() } : {}),
      });
      message.success(t(on ? 'teaching.marked' : 'teaching.unmarked'));
      reload();
      onClose();
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={t('teaching.title')}
      width={420}
      okText={t('teaching.mark')}
      confirmLoading={busy}
      onOk={() => void mark(true)}
      onCancel={onClose}
      footer={(buttons) => (
        <>
          {marked && <Button onClick={() => void mark(false)}>{t('teaching.unmark')}</Button>}
          {buttons}
        </>
      )}
    >
      {marked && <p>{t('teaching.is')}</p>}
      <Input.TextArea
        autoFocus
        rows={3}
        maxLength={500}
        value={note}
        placeholder={t('teaching.note')}
        aria-label={t('teaching.note')}
        onChange={(event) => setNote(event.target.value)}
      />
    </Modal>
  );
}
