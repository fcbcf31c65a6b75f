import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { DaySpan } from './useSpan.ts';

export function SpanPicker({ span, onChange }: { span: DaySpan; onChange: (span: DaySpan) => void }) {
  const { t } = useTranslation('quality');
  return (
    <DatePicker.RangePicker
      allowClear={false}
      value={[dayjs(span.from), dayjs(span.to)]}
      presets={[
        { label: t('span.today'), value: [dayjs(), dayjs()] },
        { label: t('span.days7'), value: [dayjs().subtract(6, 'day'), dayjs()] },
        { label: t('span.days30'), value: [dayjs().subtract(29, 'day'), dayjs()] },
        { label: t('span.month'), value: [dayjs().startOf('month'), dayjs()] },
        {
          label: t('span.lastMonth'),
          value: [dayjs().subtract(1, 'month').startOf('month'), dayjs().subtract(1, 'month').endOf('month')],
        },
      ]}
      onChange={(value) => {
        const [from, to] = value ?? [];
        if (from && to) onChange({ from: from.format('YYYY-MM-DD'), to: to.format('YYYY-MM-DD') });
      }}
    />
  );
}
