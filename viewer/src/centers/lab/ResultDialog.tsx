import { Form, Input, InputNumber, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ActForm } from './ActForm.tsx';
import { conversionText } from './benchCells.tsx';
import { shown, type BenchTest } from './types.ts';
import { useLab } from './useLab.ts';
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
  const instruments = useLab<{ items: { id: string; name: string; tests: { testCode: string }[] }[] }>(
    'lab/instruments',
  );
  const conversion = test.result?.conversion;
  return (
    <ActForm<ResultForm>
      title={`${test.name} (${test.code})`}
      okText={t('save')}
      disabled={!editable}
      initial={{
        value: shown(test, test.result),
        ...(test.result?.note && { note: test.result.note }),
        ...(test.result?.interference && { interference: test.result.interference }),
      }}
      run={(values) =>
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
        })
      }
      said={() => t('said.saved', { n: 1 })}
      onClose={onClose}
      below={test.earlier.length > 0 && <EarlierVersions test={test} />}
    >
      {() => (
        <>
          <Form.Item
            name="value"
            label={`${t('col.value')}${test.unit ? ` (${unitText(test.unit)})` : ''}`}
            rules={[{ required: true, message: t('needed') }]}
            extra={conversion && t('mapping.sentAs', { ...conversion, unit: unitText(conversion.unit) })}
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
        </>
      )}
    </ActForm>
  );
}

function EarlierVersions({ test }: { test: BenchTest }) {
  const { t } = useTranslation(['lab', 'shell']);
  return (
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
        {
          title: t('mapping.rule'),
          render: (_, row) => row.conversion && conversionText(row.conversion, t),
        },
        { title: t('reason'), dataIndex: 'reason' },
        { title: t('col.at'), render: (_, row) => dateTime(row.enteredAt) },
      ]}
    />
  );
}
