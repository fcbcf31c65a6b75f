import { DatePicker, Form, Input, Modal, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { useAct } from '../useLab.ts';
import { countyNow, instantOf } from '../../../shell/countyTime.ts';

const KINDS = ['calibration', 'reagent-lot', 'maintenance', 'repair', 'note'] as const;

/** Something that happened to an analyzer: it stands as a mark in its charts. */
export function EventDialog({
  instrumentId,
  testCode,
  onClose,
}: {
  instrumentId: string;
  testCode: string;
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<{ kind: string; note: string; at: Dayjs; scope: 'all' | 'test' }>();
  const save = async () => {
    const { scope, at, ...values } = await form.validateFields();
    const done = await act(
      () =>
        post(`/api/lab/instruments/${instrumentId}/events`, {
          ...values,
          at: instantOf(at),
          ...(scope === 'test' && { testCode }),
        }),
      () => t('said.saved1'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={t('event.add')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: 'calibration', scope: 'all', at: countyNow() }}
      >
        <Form.Item name="kind" label={t('event.kind')}>
          <Select options={KINDS.map((value) => ({ value, label: t(`event.${value}`) }))} />
        </Form.Item>
        <Form.Item name="scope" label={t('event.scope')}>
          <Select
            options={[
              { value: 'all', label: t('event.all') },
              { value: 'test', label: testCode },
            ]}
          />
        </Form.Item>
        <Form.Item name="at" label={t('col.at')}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
        </Form.Item>
        <Form.Item name="note" label={t('event.text')} rules={[{ required: true, message: t('needed') }]}>
          <Input autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}
