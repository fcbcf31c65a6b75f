import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { today } from '../../shell/today.ts';
import type { DaySpan } from './useSpan.ts';

export function SpanPicker({ span, onChange }: { span: DaySpan; onChange: (span: DaySpan) => void }) {
  const { t } = useTranslation('quality');
  const now = today();
  return (
    <DatePicker.RangePicker
      allowClear={false}
      value={[dayjs(span.from), dayjs(span.to)]}
      presets={[
        { label: t('span.today'), value: [now, now] },
        { label: t('span.days7'), value: [now.subtract(6, 'day'), now] },
        { label: t('span.days30'), value: [now.subtract(29, 'day'), now] },
        { label: t('span.month'), value: [now.startOf('month'), now] },
        {
          label: t('span.lastMonth'),
          value: [now.subtract(1, 'month').startOf('month'), now.subtract(1, 'month').endOf('month')],
        },
      ]}
      onChange={(value) => {
        const [from, to] = value ?? [];
        if (from && to) onChange({ from: from.format('YYYY-MM-DD'), to: to.format('YYYY-MM-DD') });
      }}
    />
  );
}
