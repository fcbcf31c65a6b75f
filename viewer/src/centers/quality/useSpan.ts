import dayjs from 'dayjs';
import { useSearchParams } from 'react-router';
import { today } from '../../shell/today.ts';

export interface DaySpan {
  from: string;
  to: string;
}

/** The span of local days in the address, the last 30 days at first: a figure and its cases share it by link. */
export function useSpan(): [DaySpan, (span: DaySpan) => void, string] {
  const [search, setSearch] = useSearchParams();
  const to = search.get('to') ?? today().format('YYYY-MM-DD');
  const from = search.get('from') ?? dayjs(to).subtract(29, 'day').format('YYYY-MM-DD');
  const set = (span: DaySpan) =>
    setSearch((old) => {
      old.set('from', span.from);
      old.set('to', span.to);
      return old;
    });
  return [{ from, to }, set, `from=${from}&to=${to}`];
}
