import { Form, InputNumber, Modal, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { useAct, useLab } from '../useLab.ts';
import { MODES, type Material, type Target } from './setup.ts';

interface TargetForm {
  materialId: string;
  instrumentId: string;
  testCode: string;
  mode: (typeof MODES)[number];
  mean?: number | null;
  sd?: number | null;
}

/** The target of a lot on an analyzer for a test. */
export function TargetDialog({
  target,
  materials,
  onClose,
}: {
  target: Partial<Target>;
  materials: Material[];
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<TargetForm>();
  const mode = Form.useWatch('mode', form);
  const instrumentId = Form.useWatch('instrumentId', form);
  const instruments = useLab<{ items: { id: string; name: string; tests: { testCode: string }[] }[] }>(
    'lab/instruments',
  );
  const needed = [{ required: true, message: t('needed') }];
  const save = async () => {
    const { mean, sd, ...values } = await form.validateFields();
    const done = await act(
      () =>
        post('/api/lab/qc/targets', {
          ...values,
          ...(typeof mean === 'number' && { mean }),
          ...(typeof sd === 'number' && { sd }),
        }),
      () => t('said.saved1'),
    );
    if (done !== undefined) onClose();
  };
  const known = target.id !== undefined;
  return (
    <Modal
      open
      title={t(known ? 'qc.target' : 'qc.newTarget')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={target}>
        <Form.Item name="materialId" label={t('qc.material')} rules={needed}>
          <Select
            disabled={known}
            options={materials.map((one) => ({
              value: one.id,
              label: `${one.name} ${t('qc.level', { n: one.level })} ${one.lot}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="instrumentId" label={t('col.instrument')} rules={needed}>
          <Select
            disabled={known}
            options={(instruments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
        <Form.Item name="testCode" label={t('col.test')} rules={needed}>
          <Select
            disabled={known}
            showSearch
            options={(instruments.data?.items.find((one) => one.id === instrumentId)?.tests ?? []).map(
              (one) => ({ value: one.testCode, label: one.testCode }),
            )}
          />
        </Form.Item>
        <Form.Item name="mode" label={t('qc.mode')} extra={t('qc.modeWhat')}>
          <Select options={MODES.map((value) => ({ value, label: t(`qc.modes.${value}`) }))} />
        </Form.Item>
        {mode === 'fixed' && (
          <Space align="start">
            <Form.Item name="mean" label={t('qc.mean')} rules={needed}>
              <InputNumber style={{ width: 140 }} />
            </Form.Item>
            <Form.Item
              name="sd"
              label="SD"
              rules={[...needed, { type: 'number', min: 1e-9, message: t('rule.above0') }]}
            >
              <InputNumber style={{ width: 140 }} />
            </Form.Item>
          </Space>
        )}
      </Form>
    </Modal>
  );
}
