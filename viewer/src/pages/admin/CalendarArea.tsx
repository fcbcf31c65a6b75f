import { useQuery } from '@tanstack/react-query';
import { Alert, App, Badge, Button, Calendar, Input, Select, Space } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, get, put } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, errorText, Failed, Loading } from '../../shell/states.tsx';
import { today } from '../../shell/today.ts';
import { useRefresh } from './useRefresh.ts';

interface WorkingCalendar {
  id: string;
  code: string;
  name: string;
  week: Record<string, [number, number][]>;
  days: { day: string; working: boolean; note: string | null }[];
  /** Years that somebody declared to be entered in full. */
  completeYears: number[];
  /** The first year whose statutory holidays are not all entered; `soon` when it is alarmed. */
  gap: { year: number; missing: string[]; soon: boolean };
}

/** 法定节假日 and 调休; a changed day recomputes open due times. */
export default function CalendarArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const session = useSession();
  const refresh = useRefresh(['calendars']);
  const list = useQuery({
    queryKey: ['calendars'],
    queryFn: async () => (await get<{ items: WorkingCalendar[] }>('/api/calendars')).items,
  });
  const [id, setId] = useState<string | null>(null);
  const [day, setDay] = useState<Dayjs>(today);
  const [note, setNote] = useState('');
  const { message } = App.useApp();
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const calendar = list.data.find((each) => each.id === id) ?? list.data[0];
  if (!calendar) return <Empty text={t('nothing')} />;
  const mayEdit = may(session, 'policy.edit');
  const special = new Map(calendar.days.map((each) => [each.day, each]));
  const key = day.format('YYYY-MM-DD');
  const { gap } = calendar;
  const declared = calendar.completeYears.includes(day.year());
  const declare = async (year: number, complete: boolean) => {
    try {
      await put(`/api/calendars/${calendar.id}/years/${year}`, { complete });
      refresh();
      message.success(t(complete ? 'calendarDeclared' : 'calendarUndeclared', { year }));
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const path = `/api/calendars/${calendar.id}/days/${key}`;
  const change = async (act: Promise<{ recomputed: number }>) => {
    try {
      const { recomputed } = await act;
      setNote('');
      refresh();
      message.success(t('calendarChanged', { day: key, n: recomputed }));
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const set = (working: boolean) =>
    void change(put(path, { working, ...(note.trim() && { note: note.trim() }) }));
  return (
    <div className="hub-panel">
      <div className="hub-bar">
        <Select
          value={calendar.id}
          onChange={setId}
          options={list.data.map((each) => ({ value: each.id, label: each.name }))}
          aria-label={t('calendar')}
          style={{ width: 200 }}
        />
        <span className="hub-quiet">{t('calendarUntil', { day: `${gap.year - 1}-12-31` })}</span>
        <span className="hub-grow" />
        {mayEdit && (
          <Space>
            <b>{key}</b>
            <Input
              value={note}
              maxLength={100}
              placeholder={t('calendarNote')}
              aria-label={t('calendarNote')}
              style={{ width: 150 }}
              onChange={(event) => setNote(event.target.value)}
            />
            <Button onClick={() => set(false)}>{t('makeHoliday')}</Button>
            <Button onClick={() => set(true)}>{t('makeWorkday')}</Button>
            {special.has(key) && <Button onClick={() => void change(del(path))}>{t('makeOrdinary')}</Button>}
          </Space>
        )}
      </div>
      {gap.soon && (
        <Alert
          type="warning"
          showIcon
          title={t('calendarShort', {
            year: gap.year,
            names: gap.missing.map((name) => t(`holidays.${name}`)).join(t('listComma')),
          })}
          action={
            mayEdit && (
              <Button size="small" onClick={() => void declare(gap.year, true)}>
                {t('calendarDeclare', { year: gap.year })}
              </Button>
            )
          }
        />
      )}
      {declared && mayEdit && (
        <div className="hub-quiet">
          {t('calendarDeclared', { year: day.year() })}{' '}
          <Button size="small" type="link" onClick={() => void declare(day.year(), false)}>
            {t('shell:action.undo')}
          </Button>
        </div>
      )}
      <Calendar
        fullscreen={false}
        value={day}
        onSelect={setDay}
        onPanelChange={setDay}
        headerRender={({ value, onChange }) => (
          <div className="hub-row" style={{ padding: '8px 0' }}>
            <Button
              size="small"
              aria-label={t('previousMonth')}
              onClick={() => onChange(value.subtract(1, 'month'))}
            >
              ‹
            </Button>
            <b>{value.format('YYYY-MM')}</b>
            <Button size="small" aria-label={t('nextMonth')} onClick={() => onChange(value.add(1, 'month'))}>
              ›
            </Button>
          </div>
        )}
        cellRender={(date, info) => {
          if (info.type !== 'date') return null;
          const found = special.get(date.format('YYYY-MM-DD'));
          if (!found) return null;
          return (
            <Badge
              status={found.working ? 'processing' : 'error'}
              text={<small>{found.note ?? t(found.working ? 'workday' : 'holiday')}</small>}
            />
          );
        }}
      />
    </div>
  );
}
