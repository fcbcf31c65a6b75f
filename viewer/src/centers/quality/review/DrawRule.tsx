import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Form, InputNumber, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { useInstitutions } from '../../../shell/useInstitutions.ts';

export interface Rule {
  center: string;
  count: number;
  readings: number;
  institutionId?: string | undefined;
  readerId?: string | undefined;
  modality?: string | undefined;
  correctedOnly?: boolean;
}
const modalities = ['DX', 'CR', 'CT', 'MR', 'MG', 'US', 'XA'];

interface Props {
  open: boolean;
  span: { from: string; to: string };
  onDraw: (rule: Rule) => Promise<void>;
  onClose: () => void;
}

/** What is drawn: by chance among all, or within a site, a reader, a modality, or corrected reports only. */
export function DrawRule({ open, span, onDraw, onClose }: Props) {
  const { t } = useTranslation(['quality', 'shell']);
  const [form] = Form.useForm<Rule>();
  const center = Form.useWatch('center', form) ?? 'imaging';
  const institutions = useInstitutions();
  const readers = useQuery({
    queryKey: ['quality', 'readers', center, span],
    queryFn: async () =>
      (
        await get<{ readers: { staffId: string; name: string }[] }>(
          `/api/work/load?center=${center}&from=${span.from}&to=${span.to}`,
        )
      ).readers,
    enabled: open,
  });
  return (
    <Modal
      open={open}
      title={t('review.rule')}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={() => form.submit()}>
          {t('draw')}
        </Button>
      }
    >
      <p className="hub-quiet">{t('review.ruleAbout', { ...span })}</p>
      <Form<Rule>
        form={form}
        labelCol={{ span: 7 }}
        requiredMark={false}
        initialValues={{ center: 'imaging', count: 20, readings: 1 }}
        onFinish={(values) => void onDraw(values)}
      >
        <Form.Item name="center" label={t('column.center')}>
          <Select
            onChange={() => form.setFieldsValue({ readerId: undefined, modality: undefined })}
            options={['imaging', 'ecg', 'lab', 'pathology'].map((value) => ({
              value,
              label: t(`area.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="count" label={t('drawCount')}>
          <InputNumber min={1} max={500} />
        </Form.Item>
        <Form.Item name="readings" label={t('review.readings')}>
          <Select options={[1, 2].map((value) => ({ value, label: t(`review.wanted.${value}`) }))} />
        </Form.Item>
        <Form.Item name="institutionId" label={t('column.site')}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('review.any')}
            options={(institutions.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
          />
        </Form.Item>
        <Form.Item name="readerId" label={t('column.reporter')}>
          <Select
            allowClear
            loading={readers.isPending}
            placeholder={t('review.any')}
            options={(readers.data ?? []).map((each) => ({ value: each.staffId, label: each.name }))}
          />
        </Form.Item>
        {center === 'imaging' && (
          <Form.Item name="modality" label={t('review.modality')}>
            <Select
              allowClear
              placeholder={t('review.any')}
              options={modalities.map((value) => ({ value, label: value }))}
            />
          </Form.Item>
        )}
        <Form.Item name="correctedOnly" valuePropName="checked" wrapperCol={{ offset: 7 }}>
          <Checkbox>{t('review.correctedOnly')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
