import { DatePicker, Form, Input, Modal, Select, Space } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { useAct, useLab } from '../useLab.ts';
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
  const { act, busy } = useAct();
  const [form] = Form.useForm<OpenForm>();
  const tests = useLab<{ items: { code: string; name: string }[] }>('lab/tests');
  const needed = [{ required: true, message: t('needed') }];
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(
      () => post('/api/lab/eqa', { ...values, dueAt: instantOf(values.dueAt) }),
      () => t('said.round'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={t('eqa.open')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ range: 'province', dueAt: countyNow().add(14, 'day') }}
      >
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
      </Form>
    </Modal>
  );
}
