import { SaveOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { FormDialog } from '../FormDialog.tsx';

interface Props {
  center: CenterKind;
  modality: string | null;
  bodyPart: string | null;
  findings: string;
  impression: string;
}

/** Keeps the texts of this report as one's own template for the modality and body part. */
export function SaveTemplate({ center, modality, bodyPart, findings, impression }: Props) {
  const { t } = useTranslation('shell');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        icon={<SaveOutlined />}
        disabled={!findings && !impression}
        title={t('report.saveTemplate')}
        aria-label={t('report.saveTemplate')}
        onClick={() => setOpen(true)}
      />
      {open && (
        <FormDialog<{ name: string }>
          open
          title={t('report.saveTemplate')}
          onClose={() => setOpen(false)}
          onSave={async ({ name }) => {
            const content = { findings, impression };
            await post('/api/templates', { center, name, modality, bodyPart, content, personal: true });
            await client.invalidateQueries({ queryKey: ['templates', center] });
            message.success(t('report.templateSaved', { name }));
          }}
        >
          <Form.Item
            name="name"
            label={t('report.templateName')}
            rules={[{ required: true, whitespace: true, message: t('report.templateName') }]}
          >
            <Input maxLength={100} autoFocus />
          </Form.Item>
        </FormDialog>
      )}
    </>
  );
}
