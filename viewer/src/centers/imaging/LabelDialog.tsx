import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Text of an arrow. */
export function LabelDialog({ open, onDone }: { open: boolean; onDone: (label: string) => void }) {
  const { t } = useTranslation('imaging');
  const [label, setLabel] = useState('');
  const done = (text: string) => {
    onDone(text);
    setLabel('');
  };
  return (
    <Modal
      open={open}
      title={t('labelTitle')}
      onOk={() => done(label.trim())}
      onCancel={() => done('')}
      destroyOnHidden
      width={360}
    >
      <Input
        autoFocus
        aria-label={t('labelTitle')}
        value={label}
        maxLength={60}
        onChange={(event) => setLabel(event.target.value)}
        onPressEnter={() => done(label.trim())}
      />
    </Modal>
  );
}
