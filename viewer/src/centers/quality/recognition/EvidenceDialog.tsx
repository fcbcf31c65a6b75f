import { useQueryClient } from '@tanstack/react-query';
import { DatePicker, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { FormDialog } from '../../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../../shell/InstitutionSelect.tsx';
import { uploadDocument } from '../uploadDocument.ts';

const RANGES = ['nation', 'region', 'province', 'city', 'county'];
const CENTERS = ['imaging', 'ecg', 'lab', 'pathology'];
const SOURCES = ['evaluation', 'eqa', 'certificate', 'upload'];

interface Values {
  institutionId: string;
  centerKind?: string | null;
  itemCode?: string | null;
  recognitionRange: string;
  evaluator: string;
  span: [Dayjs, Dayjs];
  source: string;
}

/** Enters quality evidence of a site, with its document. */
export function EvidenceDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation(['quality', 'shell']);
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const required = [{ required: true, message: t('required') }];
  const save = async ({ span: [from, to], itemCode, ...rest }: Values) => {
    const documentAddress = file ? await uploadDocument(file) : null;
    await post('/api/recognition/evidence', {
      ...rest,
      itemCode: itemCode?.trim() || null,
      validFrom: from.format('YYYY-MM-DD'),
      validTo: to.format('YYYY-MM-DD'),
      documentAddress,
    });
    setFile(null);
    await client.invalidateQueries({ queryKey: ['recognition', 'evidence'] });
  };
  return (
    <FormDialog<Values>
      open={open}
      title={t('recognition.addEvidence')}
      initial={START}
      onClose={onClose}
      onSave={save}
    >
      <Form.Item name="institutionId" label={t('column.site')} rules={required}>
        <InstitutionSelect />
      </Form.Item>
      <Form.Item name="centerKind" label={t('column.center')}>
        <Select
          allowClear
          placeholder={t('area.all')}
          options={CENTERS.map((value) => ({ value, label: t(`area.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="itemCode" label={t('recognition.itemCode')}>
        <Input placeholder={t('area.all')} maxLength={40} />
      </Form.Item>
      <Form.Item name="recognitionRange" label={t('recognition.range')}>
        <Select options={RANGES.map((value) => ({ value, label: t(`recognition.ranges.${value}`) }))} />
      </Form.Item>
      <Form.Item name="evaluator" label={t('recognition.evaluator')} rules={required}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="span" label={t('recognition.valid')} rules={required}>
        <DatePicker.RangePicker />
      </Form.Item>
      <Form.Item name="source" label={t('recognition.sourceKind')}>
        <Select options={SOURCES.map((value) => ({ value, label: t(`recognition.sources.${value}`) }))} />
      </Form.Item>
      <Form.Item label={t('recognition.document')}>
        <input
          type="file"
          aria-label={t('recognition.document')}
          accept="application/pdf,image/jpeg,image/png"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
      </Form.Item>
    </FormDialog>
  );
}

const START: Partial<Values> = { recognitionRange: 'county', source: 'certificate' };
