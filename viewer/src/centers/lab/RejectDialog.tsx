import { Checkbox, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { useAct, useLab } from './useLab.ts';

/** Rejects a tube with its coded reason; the site hears at once and a recollection order is made. */
export function RejectDialog({ barcode, onClose }: { barcode: string; onClose: () => void }) {
  const { t, i18n } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [reason, setReason] = useState<string>();
  const [note, setNote] = useState('');
  const [recollect, setRecollect] = useState(true);
  const reasons = useLab<{ items: { code: string; name: string; nameEn: string }[] }>(
    'lab/rejection-reasons',
  );
  const reject = async () => {
    const done = await act(
      () =>
        post<{ recollection: { accessionNumber: string } | null }>('/api/lab/reject', {
          barcode,
          reason,
          recollect,
          ...(note.trim() && { note: note.trim() }),
        }),
      (answer) =>
        answer.recollection
          ? t('said.rejected', { number: answer.recollection.accessionNumber })
          : t('said.rejectedOnly'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={t('rejectTitle', { code: barcode })}
      okText={t('reject')}
      okButtonProps={{ danger: true, disabled: !reason, loading: busy }}
      onOk={() => void reject()}
      onCancel={onClose}
    >
      <div className="lab-stack">
        <p>{t('rejectWhat')}</p>
        <Select
          autoFocus
          style={{ width: '100%' }}
          aria-label={t('reason')}
          placeholder={t('reason')}
          {...(reason !== undefined && { value: reason })}
          onChange={setReason}
          options={(reasons.data?.items ?? []).map((one) => ({
            value: one.code,
            label: i18n.language === 'en-US' ? one.nameEn : one.name,
          }))}
        />
        <Input.TextArea
          rows={2}
          maxLength={500}
          aria-label={t('note')}
          placeholder={t('note')}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <Checkbox checked={recollect} onChange={(event) => setRecollect(event.target.checked)}>
          {t('recollect')}
        </Checkbox>
      </div>
    </Modal>
  );
}
