import { DatePicker, Form, Input, InputNumber, Select, Space } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { ActForm } from '../ActForm.tsx';
import type { Material } from './setup.ts';

interface MaterialForm {
  name: string;
  manufacturer?: string;
  level: number;
  lot: string;
  barcode?: string;
  expiresOn: Dayjs;
  replaces?: string;
}

/** A new lot of control material; one that replaces another starts in parallel on its analyzers and tests. */
export function MaterialDialog({
  materials,
  onClose,
}: {
  materials: readonly Material[];
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const needed = [{ required: true, message: t('needed') }];
  return (
    <ActForm<MaterialForm>
      title={t('qc.newMaterial')}
      initial={{ level: 1 }}
      run={({ expiresOn, manufacturer, barcode, replaces, ...values }) =>
        post('/api/lab/qc/materials', {
          ...values,
          expiresOn: expiresOn.format('YYYY-MM-DD'),
          ...(manufacturer && { manufacturer }),
          ...(barcode && { barcode }),
          ...(replaces && { replaces }),
        })
      }
      said={() => t('said.saved1')}
      onClose={onClose}
    >
      {(form) => (
        <>
          <Form.Item name="replaces" label={t('qc.replaces')} extra={t('qc.replacesWhat')}>
            <Select
              allowClear
              autoFocus
              options={materials
                .filter((one) => one.active)
                .map((one) => ({
                  value: one.id,
                  label: `${one.name} ${t('qc.level', { n: one.level })} ${one.lot}`,
                }))}
              onChange={(id?: string) => {
                const old = materials.find((one) => one.id === id);
                if (old)
                  form.setFieldsValue({
                    name: old.name,
                    level: old.level,
                    ...(old.manufacturer && { manufacturer: old.manufacturer }),
                  });
              }}
            />
          </Form.Item>
          <Form.Item name="name" label={t('qc.material')} rules={needed}>
            <Input />
          </Form.Item>
          <Space align="start" wrap>
            <Form.Item name="level" label={t('qc.levelWord')} rules={needed}>
              <InputNumber min={1} max={9} />
            </Form.Item>
            <Form.Item name="lot" label={t('qc.lot')} rules={needed}>
              <Input />
            </Form.Item>
            <Form.Item name="expiresOn" label={t('qc.expires')} rules={needed}>
              <DatePicker />
            </Form.Item>
            <Form.Item name="manufacturer" label={t('qc.manufacturer')}>
              <Input />
            </Form.Item>
            <Form.Item name="barcode" label={t('qc.barcode')}>
              <Input />
            </Form.Item>
          </Space>
        </>
      )}
    </ActForm>
  );
}
