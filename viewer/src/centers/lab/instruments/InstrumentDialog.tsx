import { Checkbox, Form, Input, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../../api/client.ts';
import { ActForm } from '../ActForm.tsx';
import { benchText } from '../benchText.ts';
import { useLab } from '../useLab.ts';
import type { Instrument } from './types.ts';

/** How analyzers speak, by protocol; the first is the standard. */
const DRIVERS = {
  hl7: ['lis2-a2', 'mindray-bs'],
  astm: ['lis2-a2', 'sysmex-xn', 'cobas-c111', 'genexpert'],
  none: ['lis2-a2'],
} as const;

/** An analyzer of the laboratory. */
export function InstrumentDialog({
  instrument,
  onClose,
}: {
  instrument: Partial<Instrument>;
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const tests = useLab<{ items: { bench: string }[] }>('lab/tests');
  const benches = [...new Set((tests.data?.items ?? []).map((one) => one.bench))];
  const needed = [{ required: true, whitespace: true, message: t('needed') }];
  const { id, tests: mapped, lastSeenAt, ...known } = instrument;
  void [mapped, lastSeenAt];
  return (
    <ActForm<Omit<Instrument, 'id' | 'tests' | 'lastSeenAt'>>
      title={t(id ? 'instrument.edit' : 'instrument.add')}
      initial={{ protocol: 'hl7', driver: 'lis2-a2', charset: 'gb18030', active: true, ...known }}
      run={(values) =>
        id ? put(`/api/lab/instruments/${id}`, values) : post('/api/lab/instruments', values)
      }
      said={() => t('said.saved1')}
      onClose={onClose}
    >
      {(form) => (
        <>
          <Space align="start" wrap>
            <Form.Item
              name="code"
              label={t('col.code')}
              rules={[...needed, { pattern: /^[A-Z0-9._-]{1,32}$/, message: t('instrument.codeWhat') }]}
            >
              <Input />
            </Form.Item>
            <Form.Item name="model" label={t('instrument.model')}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name="bench" label={t('bench')} rules={needed}>
              <Select
                style={{ width: 160 }}
                options={benches.map((value) => ({ value, label: benchText(value, t) }))}
              />
            </Form.Item>
          </Space>
          <Form.Item name="name" label={t('instrument.name')} rules={needed}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="nameEn" label={t('instrument.nameEn')}>
            <Input maxLength={80} />
          </Form.Item>
          <Space align="start" wrap>
            <Form.Item name="protocol" label={t('instrument.protocol')}>
              <Select
                style={{ width: 160 }}
                onChange={() => form.setFieldValue('driver', 'lis2-a2')}
                options={(['hl7', 'astm', 'none'] as const).map((value) => ({
                  value,
                  label: t(`instrument.protocols.${value}`),
                }))}
              />
            </Form.Item>
            <Form.Item
              noStyle
              shouldUpdate={(a: Partial<Instrument>, b: Partial<Instrument>) => a.protocol !== b.protocol}
            >
              {({ getFieldValue }) => (
                <Form.Item name="driver" label={t('instrument.driver')}>
                  <Select
                    style={{ width: 160 }}
                    options={DRIVERS[getFieldValue('protocol') as Instrument['protocol']].map((value) => ({
                      value,
                      label: value,
                    }))}
                  />
                </Form.Item>
              )}
            </Form.Item>
            <Form.Item name="charset" label={t('instrument.charset')}>
              <Select
                style={{ width: 120 }}
                options={['gb18030', 'utf-8'].map((value) => ({ value, label: value.toUpperCase() }))}
              />
            </Form.Item>
          </Space>
          <Form.Item name="sender" label={t('instrument.sender')} extra={t('instrument.senderWhat')}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="address" label={t('instrument.address')} extra={t('instrument.addressWhat')}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="active" valuePropName="checked">
            <Checkbox>{t('instrument.inUse')}</Checkbox>
          </Form.Item>
        </>
      )}
    </ActForm>
  );
}
