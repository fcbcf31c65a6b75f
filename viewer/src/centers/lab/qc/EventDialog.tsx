import { DatePicker, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { ActForm } from '../ActForm.tsx';
import { countyNow, instantOf } from '../../../shell/countyTime.ts';

interface EventForm {
  kind: string;
  note: string;
  at: Dayjs;
  scope: 'all' | 'test';
}

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
  return (
    <ActForm<EventForm>
      title={t('event.add')}
      initial={{ kind: 'calibration', scope: 'all', at: countyNow() }}
      run={({ scope, at, ...values }) =>
        post(`/api/lab/instruments/${instrumentId}/events`, {
          ...values,
          at: instantOf(at),
          ...(scope === 'test' && { testCode }),
        })
      }
      said={() => t('said.saved1')}
      onClose={onClose}
    >
      {() => (
        <>
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
        </>
      )}
    </ActForm>
  );
}
