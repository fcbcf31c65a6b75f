import { Alert, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { FormDialog } from './FormDialog.tsx';

export interface ExportValues {
  form: 'csv' | 'xlsx';
  named: boolean;
  reason: string;
  username?: string;
  password?: string;
}
const INITIAL = { form: 'xlsx', named: false } as const;

interface Props {
  open: boolean;
  name: string;
  onSave: (values: ExportValues) => Promise<void>;
  onClose: () => void;
}

/** Asks why a list with patients leaves the hub, whether with names, and for the second person where there are many. */
export function ExportDialog({ open, name, onSave, onClose }: Props) {
  const { t } = useTranslation('shell');
  const [witness, setWitness] = useState(false);
  const rules = [{ required: true, message: t('export.required') }];
  return (
    <FormDialog<ExportValues>
      open={open}
      title={t('export.title', { name })}
      okText={t('action.export')}
      initial={INITIAL}
      explain={(error) => {
        if (!(error instanceof ApiError) || error.problem.type !== 'witness-needed') return undefined;
        setWitness(true);
        return t('export.witness');
      }}
      onSave={onSave}
      onClose={() => {
        setWitness(false);
        onClose();
      }}
    >
      <Alert type="info" title={t('export.hint')} style={{ marginBottom: 10 }} />
      <Form.Item name="form" label={t('export.form')}>
        <Radio.Group
          options={[
            { value: 'xlsx', label: 'Excel (.xlsx)' },
            { value: 'csv', label: 'CSV' },
          ]}
        />
      </Form.Item>
      <Form.Item name="named" label={t('export.names')}>
        <Radio.Group
          options={[
            { value: false, label: t('export.masked') },
            { value: true, label: t('export.named') },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('export.reason')}
        rules={[{ required: true, min: 2, message: t('export.reasonNeeded') }]}
      >
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      {witness && (
        <>
          <Form.Item name="username" label={t('export.username')} rules={rules}>
            <Input autoComplete="off" maxLength={64} />
          </Form.Item>
          <Form.Item name="password" label={t('export.password')} rules={rules}>
            <Input.Password autoComplete="new-password" maxLength={200} />
          </Form.Item>
        </>
      )}
    </FormDialog>
  );
}
