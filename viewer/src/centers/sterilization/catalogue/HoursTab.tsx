import { Button, Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Setup } from '../types.ts';
import { useAct } from '../useAct.ts';

interface Values {
  calendar?: string;
  urgentMinutes: number;
  routineMinutes: number;
  overdueDays: number;
}

/** The hours by which the centre's turnaround counts, what it promises, and when a pack at a site is overdue. */
export function HoursTab({ setup, mayEdit }: { setup: Setup; mayEdit: boolean }) {
  const { t } = useTranslation('sterilization');
  const { act, busy } = useAct();
  const { calendar, ...rest } = setup.setting;
  const required = [{ required: true, message: t('form.required') }];
  return (
    <section className="hub-panel" style={{ maxWidth: 640 }}>
      <Form<Values>
        layout="vertical"
        requiredMark={false}
        disabled={!mayEdit}
        initialValues={{ ...rest, ...(calendar && { calendar }) }}
        onFinish={({ calendar: chosen, ...values }) =>
          void act(
            'save-center-setting',
            { ...values, ...(chosen && { calendar: chosen }) },
            t('record.saved'),
          )
        }
      >
        <Form.Item name="calendar" label={t('hours.calendar')} extra={t('hours.calendarHint')}>
          <Select
            allowClear
            placeholder={t('hours.always')}
            options={setup.calendars.map((one) => ({ value: one.code, label: one.name }))}
          />
        </Form.Item>
        <div className="cssd-figures">
          <Form.Item name="urgentMinutes" label={t('hours.urgent')} rules={required}>
            <InputNumber min={1} max={100000} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="routineMinutes" label={t('hours.routine')} rules={required}>
            <InputNumber min={1} max={100000} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="overdueDays" label={t('hours.overdue')} rules={required}>
            <InputNumber min={1} max={365} style={{ width: '100%' }} />
          </Form.Item>
        </div>
        {mayEdit && (
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('form.save')}
          </Button>
        )}
      </Form>
    </section>
  );
}
