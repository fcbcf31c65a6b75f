import { useQuery } from '@tanstack/react-query';
import { Alert, App, Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../api/client.ts';
import type { Order, Page, Session, WorklistRow } from '../../api/types.ts';
import { may } from '../access.ts';
import { FormDialog } from '../FormDialog.tsx';
import { dateTime } from '../format.ts';
import { useSession } from '../session.tsx';

/** Where the input goes, and what voids the report that covers it. */
export interface Split {
  reason: string;
  toOrderId?: string;
  pin?: string;
}

interface Props {
  open: boolean;
  order: Order;
  /** Studies or recordings of the order. */
  inputs: readonly { value: string; label: string }[];
  send: (input: string, split: Split) => Promise<unknown>;
  reload: () => void;
  onClose: () => void;
}
interface Values {
  input: string;
  code: string;
  note?: string | null;
  toOrderId?: string | null;
  pin?: string;
}

const REASONS = ['other-patient', 'other-order', 'other'] as const;
const SIGNED: readonly string[] = ['final', 'acknowledged', 'corrected'];

/** Who joins input, and of a signed or voided case who may void its report. */
export const mayBeSplit = (session: Session, order: Order): boolean =>
  may(session, 'order.join') ||
  ((SIGNED.includes(order.status) || order.status === 'void') && may(session, 'report.verify'));

/**
 * Takes input away from an order, to another one or back into the queue; the report of a signed case is voided first.
 * The words that name the input stand under `split` of the centre's namespace.
 */
export function SplitDialog({ open, order, inputs, send, reload, onClose }: Props) {
  const { t } = useTranslation([order.center, 'shell', 'signature']);
  const { message } = App.useApp();
  const session = useSession();
  const signed = SIGNED.includes(order.status);
  const joins = may(session, 'order.join');
  const refused = signed && !may(session, 'report.verify');
  const word = (code: string) => (code === 'other' ? t('shell:split.other') : t(`split.reasons.${code}`));
  const save = async ({ input, code, note, toOrderId, pin }: Values) => {
    await send(input, {
      reason: [code === 'other' ? '' : word(code), note?.trim()].filter(Boolean).join('：'),
      ...(toOrderId && { toOrderId }),
      ...(signed && pin && { pin }),
    });
    message.success(t('split.done'));
    reload();
  };
  const only = inputs.length === 1 ? inputs[0]?.value : undefined;
  return (
    <FormDialog<Values>
      open={open}
      title={t('split.title')}
      okText={t('shell:split.confirm')}
      danger
      disabled={inputs.length === 0 || refused}
      onSave={save}
      onClose={onClose}
    >
      {refused && <Alert type="warning" showIcon title={t('shell:split.verifier')} />}
      <p>{t(signed ? 'split.voids' : 'split.explains', { who: order.patient?.name ?? '' })}</p>
      <Form.Item
        name="input"
        label={t('split.input')}
        {...(only && { initialValue: only })}
        rules={[{ required: true, message: t('split.inputRequired') }]}
      >
        <Radio.Group className="hub-column-choice" options={[...inputs]} />
      </Form.Item>
      {joins ? (
        <TargetFields order={order} none={t('split.targetNone')} />
      ) : (
        <p className="hub-quiet">{t('split.queue')}</p>
      )}
      <Form.Item
        name="code"
        label={t('shell:reason.label')}
        rules={[{ required: true, message: t('shell:reason.required') }]}
      >
        <Select options={REASONS.map((value) => ({ value, label: word(value) }))} />
      </Form.Item>
      <Form.Item
        name="note"
        label={t('shell:split.note')}
        dependencies={['code']}
        rules={[
          ({ getFieldValue }) => ({
            required: getFieldValue('code') === 'other',
            message: t('shell:reason.noteRequired'),
          }),
        ]}
      >
        <Input maxLength={300} />
      </Form.Item>
      {signed && !refused && (
        <Form.Item
          name="pin"
          label={t('shell:split.pin')}
          rules={[{ required: true, message: t('shell:split.pinRequired') }]}
        >
          <Input.Password autoComplete="off" maxLength={32} />
        </Form.Item>
      )}
    </FormDialog>
  );
}

/** Other orders of the centre, found by name or number. */
function TargetFields({ order, none }: { order: Order; none: string }) {
  const { t } = useTranslation('shell');
  const form = Form.useFormInstance<Values>();
  const [text, setText] = useState('');
  const found = useQuery({
    queryKey: ['split', 'orders', order.center, text],
    enabled: text.trim() !== '',
    queryFn: async () =>
      (
        await get<Page<WorklistRow>>(
          `/api/orders${query({ center: order.center, q: text.trim(), limit: 20 })}`,
        )
      ).items,
  });
  const targets = (found.data ?? []).filter((each) => each.orderId !== order.id);
  return (
    <>
      <Form.Item label={t('split.target')} extra={none}>
        <Input
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            form.setFieldValue('toOrderId', undefined);
          }}
          aria-label={t('split.target')}
          placeholder={t('split.find')}
          allowClear
        />
      </Form.Item>
      {targets.length > 0 && (
        <Form.Item name="toOrderId">
          <Radio.Group
            className="hub-column-choice"
            options={targets.map((each) => ({
              value: each.orderId,
              label: [
                each.patientName,
                each.itemName,
                each.accessionNumber,
                each.institutionName,
                t(`status.${each.status}`),
                dateTime(each.createdAt as string),
              ]
                .filter(Boolean)
                .join(' · '),
            }))}
          />
        </Form.Item>
      )}
    </>
  );
}
