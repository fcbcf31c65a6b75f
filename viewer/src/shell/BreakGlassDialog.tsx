import { Alert, Form, Input, InputNumber } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { FormDialog } from './FormDialog.tsx';
import { readIdCard } from './identity.ts';

interface Props {
  open: boolean;
  /** What was searched for, when it is a whole document number. */
  idCard: string;
  onClose: () => void;
  onOpened: (idCard: string) => void;
}

interface Values {
  idCard: string;
  hours: number;
  reason: string;
}

/** Opens the record of a patient without a treatment relation: for hours, with a reason, audited and reviewed. */
export function BreakGlassDialog({ open, idCard, onClose, onOpened }: Props) {
  const { t } = useTranslation('shell');
  const initial = useMemo(() => ({ idCard: readIdCard(idCard) ? idCard : '', hours: 8 }), [idCard]);
  return (
    <FormDialog<Values>
      open={open}
      title={t('breakGlass.title')}
      okText={t('breakGlass.open')}
      initial={initial}
      onClose={onClose}
      onSave={async (values) => {
        await post('/api/patients/break-glass', { ...values, idCard: values.idCard.trim() });
        onOpened(values.idCard.trim().toUpperCase());
      }}
    >
      <Alert type="warning" showIcon title={t('breakGlass.consequence')} style={{ marginBottom: 10 }} />
      <Form.Item
        name="idCard"
        label={t('breakGlass.idCard')}
        rules={[
          { required: true, message: t('breakGlass.idCardNeeded') },
          {
            validator: (_, value: string) =>
              !value || readIdCard(value)
                ? Promise.resolve()
                : Promise.reject(new Error(t('breakGlass.idCardWrong'))),
          },
        ]}
      >
        <Input maxLength={18} autoFocus />
      </Form.Item>
      <Form.Item
        name="hours"
        label={t('breakGlass.hours')}
        rules={[{ required: true, message: t('breakGlass.hours') }]}
      >
        <InputNumber min={1} max={24} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('reason.label')}
        rules={[{ required: true, min: 2, message: t('breakGlass.reasonNeeded') }]}
      >
        <Input.TextArea rows={2} maxLength={500} placeholder={t('breakGlass.reasonHint')} />
      </Form.Item>
    </FormDialog>
  );
}
