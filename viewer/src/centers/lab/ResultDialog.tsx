import { Form, Input, InputNumber, Modal, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { shown, type BenchTest } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import { unitText } from './unitText.ts';

interface ResultForm {
  value: string;
  dilution?: number | null;
  interference?: string;
  instrumentId?: string;
  note?: string;
}

/** All that can be said of one value: dilution, interference, analyzer, remark; and its earlier versions. */
export function ResultDialog({
  orderId,
  test,
  editable,
  onClose,
}: {
  orderId: string;
  test: BenchTest;
  editable: boolean;
  onClose: (saved: boolean) => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<ResultForm>();
  const instruments = useLab<{ items: { id: string; name: string; tests: { testCode: string }[] }[] }>(
    'lab/instruments',
  );
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(
      () =>
        post(`/api/lab/orders/${orderId}/results`, {
          results: [
            {
              testCode: test.code,
              value: values.value,
              resultId: test.result?.id ?? null,
              ...(typeof values.dilution === 'number' && { dilution: values.dilution }),
              ...(values.interference && { interference: values.interference }),
              ...(values.instrumentId && { instrumentId: values.instrumentId }),
              ...(values.note && { note: values.note }),
            },
          ],
        }),
      () => t('said.saved', { n: 1 }),
    );
    if (done !== undefined) onClose(true);
  };
  return (
    <Modal
      open
      title={`${test.name} (${test.code})`}
      okText={t('save')}
      okButtonProps={{ loading: busy, disabled: !editable }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={() => onClose(false)}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!editable}
        initialValues={{
          value: shown(test, test.result),
          note: test.result?.note ?? undefined,
          interference: test.result?.interference ?? undefined,
        }}
      >
        <Form.Item
          name="value"
          label={`${t('col.value')}${test.unit ? ` (${unitText(test.unit)})` : ''}`}
          rules={[{ required: true, message: t('needed') }]}
        >
          {test.choices.length > 0 ? (
            <Select options={test.choices.map((value) => ({ value, label: value }))} />
          ) : (
            <Input autoFocus inputMode="decimal" />
          )}
        </Form.Item>
        {test.resultKind === 'numeric' && (
          <Form.Item
            name="dilution"
            label={t('dilution')}
            extra={t('dilutionWhat')}
            rules={[{ type: 'number', min: 1, message: t('rule.above0') }]}
          >
            <InputNumber style={{ width: 140 }} suffix="×" />
          </Form.Item>
        )}
        <Form.Item name="interference" label={t('interference')} extra={t('interferenceWhat')}>
          <Select
            allowClear
            options={(t('interferences', { returnObjects: true }) as string[]).map((value) => ({
              value,
              label: value,
            }))}
          />
        </Form.Item>
        <Form.Item name="instrumentId" label={t('col.instrument')}>
          <Select
            allowClear
            options={(instruments.data?.items ?? [])
              .filter((one) => one.tests.some((mapped) => mapped.testCode === test.code))
              .map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
        <Form.Item name="note" label={t('note')}>
          <Input.TextArea rows={2} maxLength={1000} />
        </Form.Item>
      </Form>
      {test.earlier.length > 0 && (
        <Table
          size="small"
          rowKey="version"
          pagination={false}
          dataSource={test.earlier}
          columns={[
            { title: t('catalogue.version'), dataIndex: 'version' },
            {
              title: t('col.value'),
              render: (_, row) =>
                row.valueNumber === null ? row.valueText : row.valueNumber.toFixed(test.decimals),
            },
            { title: t('reason'), dataIndex: 'reason' },
            { title: t('col.at'), render: (_, row) => dateTime(row.enteredAt) },
          ]}
        />
      )}
    </Modal>
  );
}
