import { Alert, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../Choice.tsx';
import { PatientFields, patientOf, type PatientValues } from '../PatientFields.tsx';
import type { RecallDetail } from '../types.ts';
import { useAct } from '../useAct.ts';

const OUTCOMES = ['found', 'used', 'destroyed', 'reprocessed', 'lost'] as const;
type Outcome = (typeof OUTCOMES)[number];
interface Values extends PatientValues {
  outcome: Outcome;
  note?: string;
}
interface Answer {
  settled: string[];
  refused: { code: string; problem: string; detail: string }[];
}

/** What became of the chosen packs: one fate for all of them; a pack that was used after all names its patient. */
export function SettleDialog({
  recallId,
  items,
  onClose,
}: {
  recallId: string;
  items: RecallDetail['items'];
  onClose: () => void;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const outcome = Form.useWatch('outcome', form);
  const [refused, setRefused] = useState<Answer['refused']>([]);
  const sites = [...new Set(items.map((item) => item.institutionName))];
  const settle = async (values: Values) => {
    const answer = await act<Answer>('resolve-recall-items', {
      recallId,
      codes: items.map((item) => item.code),
      outcome: values.outcome,
      note: values.note ?? '',
      ...(values.outcome === 'used' && { patient: patientOf(values), visit: values.visit ?? '' }),
    });
    if (!answer) return;
    setRefused(answer.refused);
    if (answer.refused.length === 0) onClose();
  };
  return (
    <Modal
      open
      width={560}
      title={t('recall.settleTitle', { n: items.length })}
      okText={outcome ? t(`recallOutcome.${outcome}`) : t('form.save')}
      okButtonProps={{ loading: busy, danger: outcome === 'destroyed' || outcome === 'lost' }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p>{t('recall.settleWhere', { sites: sites.join('、') })}</p>
      <p className="hub-quiet cssd-codes">
        {items
          .slice(0, 12)
          .map((item) => `${item.code} ${item.setName}`)
          .join('；')}
        {items.length > 12 && ` … ${t('recall.settleMore', { n: items.length - 12 })}`}
      </p>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ type: 'mrn', sex: 'U' }}
        onFinish={(values) => void settle(values)}
      >
        <Form.Item
          name="outcome"
          label={t('recall.outcome')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Choice options={OUTCOMES.map((value) => ({ value, label: t(`recallOutcome.${value}`) }))} />
        </Form.Item>
        {outcome && <p className="hub-quiet">{t(`recall.consequence.${outcome}`)}</p>}
        {outcome === 'used' && (
          <div className="cssd-figures">
            <PatientFields />
          </div>
        )}
        <Form.Item name="note" label={t('form.note')}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
      {refused.length > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('recall.refused', { n: refused.length })}
          description={refused.map((one) => (
            <div key={one.code}>
              {one.code}: {t(`problem.${one.problem}`, { defaultValue: one.detail })}
            </div>
          ))}
        />
      )}
    </Modal>
  );
}
