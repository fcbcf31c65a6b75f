import { Form, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, post, query } from '../../api/client.ts';
import type { Page, WorklistRow } from '../../api/types.ts';
import { dateTime } from '../../shell/format.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';
import type { Unmatched } from './types.ts';

export type Decision = 'join' | 'provisional' | 'confirm' | 'keep-first' | 'replace' | 'discard';

/** Which decisions make sense for this kind of input. */
export function decisionsFor(row: Unmatched): Decision[] {
  if (row.kind === 'conflict') return ['keep-first', 'replace'];
  if (row.kind === 'unreadable') return ['discard'];
  if (row.subjectType !== 'study') return ['discard'];
  return row.orderId ? ['join', 'confirm', 'discard'] : ['join', 'provisional', 'discard'];
}

interface Values {
  orderId?: string;
  reason?: string | null;
  code?: string;
}
interface Props {
  row: Unmatched;
  decision: Decision;
  orderId?: string | undefined;
  onClose: () => void;
  onDone: () => void;
}

/** One decision about input that waits: what happens, why. */
export function DecideDialog({ row, decision, orderId, onClose, onDone }: Props) {
  const { t } = useTranslation(['queue', 'shell']);
  const [text, setText] = useState(String(row.detail.patientName ?? ''));
  const found = useQuery({
    queryKey: ['queue', 'orders', text],
    enabled: decision === 'join' && !orderId && text.trim() !== '',
    queryFn: async () =>
      (await get<Page<WorklistRow>>(`/api/orders${query({ center: 'imaging', q: text.trim(), limit: 20 })}`))
        .items,
  });
  /** The order that the list offers beside the images. */
  const chosen = row.candidates.find((each) => each.orderId === orderId);
  const needsReason = decision !== 'provisional' && decision !== 'confirm';
  const reasons = [
    'identity-checked',
    'number-typed-wrong',
    'called-site',
    'duplicate-sent',
    'test-object',
    'other',
  ];
  const decide = async (values: Values) => {
    const label = values.code && values.code !== 'other' ? t(`reasons.${values.code}`) : '';
    await post(`/api/unmatched/${row.id}/decide`, {
      decision,
      ...(decision === 'join' ? { orderId: orderId ?? values.orderId } : {}),
      ...(needsReason ? { reason: [label, values.reason].filter(Boolean).join('：') } : {}),
    });
    onDone();
  };
  return (
    <FormDialog<Values>
      open
      title={t(`decisions.${decision}`)}
      okText={t('shell:action.confirm')}
      layout="vertical"
      danger={decision === 'discard' || decision === 'replace'}
      onSave={decide}
      onClose={onClose}
    >
      <p>
        {t(`consequences.${chosen ? 'joinTo' : decision}`, {
          who: String(row.detail.patientName ?? row.subjectId ?? ''),
          order: chosen?.accessionNumber,
          patient: chosen?.patientName,
        })}
      </p>
      {decision === 'join' && !orderId && (
        <>
          <Input.Search
            value={text}
            onChange={(event) => setText(event.target.value)}
            aria-label={t('findOrder')}
            placeholder={t('findOrder')}
          />
          <Form.Item
            name="orderId"
            rules={[{ required: true, message: t('orderRequired') }]}
            style={{ marginTop: 8 }}
          >
            <Radio.Group className="hub-column-choice">
              {(found.data ?? []).map((order) => (
                <Radio key={order.orderId} value={order.orderId}>
                  {order.patientName} · {order.itemName} · {order.accessionNumber} · {order.institutionName} ·{' '}
                  {t(`shell:status.${order.status}`)} · {dateTime(order.createdAt as string)}
                </Radio>
              ))}
              {found.data?.length === 0 && <span className="hub-quiet">{t('noOrder')}</span>}
            </Radio.Group>
          </Form.Item>
        </>
      )}
      {needsReason && (
        <>
          <Form.Item
            name="code"
            label={t('shell:reason.label')}
            rules={[{ required: true, message: t('shell:reason.required') }]}
          >
            <Select options={reasons.map((value) => ({ value, label: t(`reasons.${value}`) }))} />
          </Form.Item>
          <Form.Item noStyle shouldUpdate>
            {({ getFieldValue }) => (
              <Form.Item
                name="reason"
                label={t('shell:reason.note')}
                rules={
                  getFieldValue('code') === 'other'
                    ? [{ required: true, whitespace: true, message: t('shell:reason.noteRequired') }]
                    : []
                }
              >
                <Input.TextArea rows={2} maxLength={400} />
              </Form.Item>
            )}
          </Form.Item>
        </>
      )}
    </FormDialog>
  );
}
