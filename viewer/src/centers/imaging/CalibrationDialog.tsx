import { Button, InputNumber, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  open: boolean;
  calibrated: boolean;
  onDone: (lengthMm: number | null) => void;
  onRemove: () => void;
}

/** Asks how long the drawn line is in truth. */
export function CalibrationDialog({ open, calibrated, onDone, onRemove }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const [mm, setMm] = useState<number | null>(null);
  useEffect(() => {
    if (open) setMm(null);
  }, [open]);
  return (
    <Modal
      open={open}
      title={t('calibration.title')}
      width={380}
      okButtonProps={{ disabled: !mm }}
      onOk={() => onDone(mm)}
      onCancel={() => onDone(null)}
      footer={(buttons) => (
        <>
          {calibrated && <Button onClick={onRemove}>{t('calibration.remove')}</Button>}
          {buttons}
        </>
      )}
    >
      <p>{t('calibration.question')}</p>
      <InputNumber
        autoFocus
        min={0.1}
        max={3000}
        value={mm}
        suffix="mm"
        style={{ width: '100%' }}
        aria-label={t('calibration.title')}
        onChange={setMm}
        onPressEnter={() => mm && onDone(mm)}
      />
      <p className="hub-quiet">{t('calibration.hint')}</p>
    </Modal>
  );
}
