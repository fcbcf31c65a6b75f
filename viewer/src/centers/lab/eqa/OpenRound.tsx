import { DatePicker, Form, Input, Select, Space } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { ActForm } from '../ActForm.tsx';
import { useLab } from '../useLab.ts';
import { RANGES } from './types.ts';
import { countyNow, instantOf } from '../../../shell/countyTime.ts';

interface OpenForm {
  organizer: string;
  scheme: string;
  name: string;
  range: (typeof RANGES)[number];
  dueAt: Dayjs;
  samples: string[];
  testCodes: string[];
}

/** A new round: organizer, range, samples and tests. */
export function OpenRound({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const tests = useLab<{ items: { code: string; name: string }[] }>('lab/tests');
  const needed = [{ required: true, message: t('needed') }];
  return (
    <ActForm<OpenForm>
      title={t('eqa.open')}
      initial={{ range: 'province', dueAt: countyNow().add(14, 'day') }}
      run={(values) => post('/api/lab/eqa', { ...values, dueAt: instantOf(values.dueAt) })}
      said={() => t('said.round')}
      onClose={onClose}
    >
      {() => (
        <>
          <Form.Item name="organizer" label={t('eqa.organizer')} rules={needed}>
            <Input autoFocus />
          </Form.Item>
          <Space align="start">
            <Form.Item name="scheme" label={t('eqa.scheme')} rules={needed}>
              <Input />
            </Form.Item>
            <Form.Item name="name" label={t('eqa.name')} rules={needed}>
              <Input />
            </Form.Item>
          </Space>
          <Space align="start">
            <Form.Item name="range" label={t('eqa.range')}>
              <Select
                style={{ width: 140 }}
                options={RANGES.map((value) => ({ value, label: t(`eqa.ranges.${value}`) }))}
              />
            </Form.Item>
            <Form.Item name="dueAt" label={t('eqa.due')}>
              <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
            </Form.Item>
          </Space>
          <Form.Item name="samples" label={t('eqa.samples')} rules={needed} extra={t('eqa.samplesWhat')}>
            <Select mode="tags" tokenSeparators={[',', ' ', '，', '、']} open={false} />
          </Form.Item>
          <Form.Item name="testCodes" label={t('eqa.tests')} rules={needed}>
            <Select
              mode="multiple"
              optionFilterProp="label"
              options={(tests.data?.items ?? []).map((test) => ({
                value: test.code,
                label: `${test.code} ${test.name}`,
              }))}
            />
          </Form.Item>
        </>
      )}
    </ActForm>
  );
}
