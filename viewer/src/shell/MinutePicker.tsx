import { DatePicker } from 'antd';
import dayjs from 'dayjs';

interface Props {
  id?: string;
  /** wall-clock minute of the county, `2026-11-22T09:30`; empty when unknown */
  value?: string;
  onChange?: (value: string) => void;
  size?: 'small' | 'middle';
  'aria-label'?: string;
}

const kept = 'YYYY-MM-DDTHH:mm';

/** A date with hour and minute that may stay unknown. It holds text, so that a kept draft brings it back as it was. */
export function MinutePicker({ value, onChange, size = 'middle', ...rest }: Props) {
  return (
    <DatePicker
      {...rest}
      size={size}
      style={{ width: size === 'small' ? 158 : 170 }}
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      needConfirm={false}
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()} // takes the minute, sends no form
      value={value ? dayjs(value) : null}
      onChange={(moment) => onChange?.(moment?.isValid() ? moment.format(kept) : '')}
    />
  );
}
