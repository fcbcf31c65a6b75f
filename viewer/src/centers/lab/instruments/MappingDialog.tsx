import { Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { ActForm } from '../ActForm.tsx';
import { sameUnit, unitText } from '../unitText.ts';
import { useLab } from '../useLab.ts';
import { converted, type Instrument, type Mapping } from './types.ts';

interface MappingForm {
  instrumentId: string;
  instrumentCode: string;
  testCode: string;
  fromUnit?: string;
  factor?: number | null;
  unitAssumed?: boolean;
}

interface Props {
  /** A mapping that is changed, the code of a value that waits, or nothing yet. */
  mapping: Partial<Mapping>;
  /** The value that waits: it stands as the example. */
  sent?: { value: string; unit: string | null };
  onClose: () => void;
}

/** What a code of an analyzer means: the test, and where its unit differs the rule that converts it. */
export function MappingDialog({ mapping, sent, onClose }: Props) {
  const { t } = useTranslation(['lab', 'shell']);
  const tests = useLab<{ items: { code: string; name: string; unit: string | null }[] }>('lab/tests');
  const instruments = useLab<{ items: Instrument[] }>('lab/instruments');
  const known = mapping.instrumentCode !== undefined;
  const unitOf = (code: string | undefined) =>
    code === undefined
      ? undefined
      : (tests.data?.items.find((one) => one.code === code)?.unit ??
        (code === mapping.testCode ? mapping.testUnit : undefined));
  const needed = [{ required: true, whitespace: true, message: t('needed') }];
  return (
    <ActForm<MappingForm, { applied: number; open: number }>
      title={known ? `${t('open.map')} · ${mapping.instrumentCode}` : t('mapping.add')}
      initial={{
        ...mapping,
        fromUnit: mapping.fromUnit ?? sent?.unit ?? '',
        factor: mapping.fromUnit ? (mapping.factor ?? null) : null,
      }}
      run={({ instrumentId, fromUnit, factor, unitAssumed, ...code }) =>
        post(`/api/lab/instruments/${instrumentId}/map`, {
          ...code,
          ...(fromUnit?.trim() &&
            typeof factor === 'number' && { fromUnit: fromUnit.trim(), factor, unitAssumed: !!unitAssumed }),
        })
      }
      said={({ applied, open }) => t('said.mapped', { n: applied, open })}
      onClose={onClose}
    >
      {() => (
        <>
          <Form.Item name="instrumentId" label={t('col.instrument')} rules={needed}>
            <Select
              disabled={known}
              options={(instruments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
            />
          </Form.Item>
          <Form.Item name="instrumentCode" label={t('mapping.code')} rules={needed}>
            <Input disabled={known} maxLength={80} />
          </Form.Item>
          <Form.Item
            name="testCode"
            label={t('col.test')}
            rules={needed}
            extra={
              sent &&
              t('mapping.sent', { value: sent.value, unit: unitText(sent.unit) || t('mapping.noUnit') })
            }
          >
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t('col.test')}
              options={(tests.data?.items ?? []).map((one) => ({
                value: one.code,
                label: `${one.code} ${one.name}${one.unit ? ` (${unitText(one.unit)})` : ''}`,
              }))}
            />
          </Form.Item>
          <Form.Item noStyle shouldUpdate>
            {({ getFieldsValue }) => {
              const { testCode, fromUnit, factor } = getFieldsValue() as Partial<MappingForm>;
              return (
                <RuleFields
                  unit={unitOf(testCode)}
                  chosen={testCode !== undefined}
                  fromUnit={fromUnit?.trim() ?? ''}
                  factor={factor}
                  {...(sent && { sent })}
                />
              );
            }}
          </Form.Item>
        </>
      )}
    </ActForm>
  );
}

/** The conversion rule: the analyzer's unit, the factor, and what it makes of 1 and of the value that waits. */
function RuleFields({
  unit,
  chosen,
  fromUnit,
  factor,
  sent,
}: {
  unit: string | null | undefined;
  chosen: boolean;
  fromUnit: string;
  factor: number | null | undefined;
  sent?: { value: string; unit: string | null };
}) {
  const { t } = useTranslation('lab');
  if (chosen && unit === null) return <p className="hub-quiet">{t('mapping.testWithoutUnit')}</p>;
  const differs = fromUnit !== '' && !sameUnit(fromUnit, unit ?? '');
  const example =
    differs && typeof factor === 'number' && factor > 0 && unit
      ? [1, ...(sent && Number.isFinite(Number(sent.value)) ? [Number(sent.value)] : [])].map((value) =>
          converted(value, unitText(fromUnit), factor, unitText(unit)),
        )
      : [];
  return (
    <>
      <Form.Item
        name="fromUnit"
        label={t('mapping.fromUnit')}
        extra={t('mapping.fromUnitWhat', { unit: unitText(unit) || '—' })}
      >
        <Input maxLength={20} />
      </Form.Item>
      {differs && (
        <>
          <Form.Item
            name="factor"
            label={t('mapping.factor')}
            extra={
              example.length > 0
                ? example.map((line) => <div key={line}>{line}</div>)
                : t('mapping.factorWhat', { from: unitText(fromUnit), to: unitText(unit) || '—' })
            }
            rules={[
              { required: true, message: t('mapping.factorNeeded') },
              { type: 'number', min: Number.MIN_VALUE, message: t('mapping.factorNeeded') },
            ]}
          >
            <InputNumber style={{ width: 200 }} controls={false} prefix="×" />
          </Form.Item>
          <Form.Item name="unitAssumed" valuePropName="checked">
            <Checkbox>{t('mapping.assumed', { unit: unitText(fromUnit) })}</Checkbox>
          </Form.Item>
        </>
      )}
    </>
  );
}
