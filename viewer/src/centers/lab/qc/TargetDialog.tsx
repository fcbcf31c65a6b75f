import { Form, InputNumber, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { ActForm } from '../ActForm.tsx';
import { useLab } from '../useLab.ts';
import { MODES, type Material, type Target } from './setup.ts';

interface TargetForm {
  materialId: string;
  instrumentId: string;
  testCode: string;
  mode: string;
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
  const instruments = useLab<{ items: { id: string; name: string; tests: { testCode: string }[] }[] }>(
    'lab/instruments',
  );
  const needed = [{ required: true, message: t('needed') }];
  const testsOf = (id: string | undefined) =>
    (instruments.data?.items.find((one) => one.id === id)?.tests ?? []).map((one) => ({
      value: one.testCode,
      label: one.testCode,
    }));
  const known = target.id !== undefined;
  return (
    <ActForm<TargetForm>
      title={t(known ? 'qc.target' : 'qc.newTarget')}
      initial={target}
      run={({ mean, sd, ...values }) =>
        post('/api/lab/qc/targets', {
          ...values,
          ...(typeof mean === 'number' && { mean }),
          ...(typeof sd === 'number' && { sd }),
        })
      }
      said={() => t('said.saved1')}
      onClose={onClose}
    >
      {() => (
        <>
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
          <Form.Item noStyle dependencies={['instrumentId']}>
            {({ getFieldValue }) => (
              <Form.Item name="testCode" label={t('col.test')} rules={needed}>
                <Select
                  disabled={known}
                  showSearch
                  options={testsOf(getFieldValue('instrumentId') as string | undefined)}
                />
              </Form.Item>
            )}
          </Form.Item>
          <Form.Item name="mode" label={t('qc.mode')} extra={t('qc.modeWhat')}>
            <Select options={MODES.map((value) => ({ value, label: t(`qc.modes.${value}`) }))} />
          </Form.Item>
          <Form.Item noStyle dependencies={['mode']}>
            {({ getFieldValue }) =>
              getFieldValue('mode') === 'fixed' && (
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
              )
            }
          </Form.Item>
        </>
      )}
    </ActForm>
  );
}
