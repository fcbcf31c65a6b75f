import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';

interface Shift {
  id: string;
  duty: string;
  staffId: string;
  staffName: string;
  phone: string | null;
  institutionName: string;
  startsAt: string;
  endsAt: string;
}

/** One person may read and verify, and stand in the rosters of several institutions. */
function byPerson(shifts: Shift[]): Shift[][] {
  const found = new Map<string, Shift[]>();
  for (const shift of shifts) found.set(shift.staffId, [...(found.get(shift.staffId) ?? []), shift]);
  return [...found.values()];
}

/** Who reads now by the roster (排班), with the duty telephone; asked again every five minutes. */
export function OnDuty() {
  const { t } = useTranslation('ecg');
  const duty = useQuery({
    queryKey: ['roster', 'ecg', 'now'],
    queryFn: async () => {
      const now = Date.now();
      const span = `from=${encodeURIComponent(new Date(now).toISOString())}&to=${encodeURIComponent(new Date(now + 60_000).toISOString())}`;
      return (await get<{ items: Shift[] }>(`/api/roster?center=ecg&${span}`)).items.filter(
        (shift) => shift.duty === 'reporter' || shift.duty === 'verifier',
      );
    },
    refetchInterval: 5 * 60_000,
  });
  if (!duty.data) return null;
  const clock = (at: string): string => dateTime(at).slice(11, 16);
  return (
    <span className="ecg-duty" aria-label={t('duty.line')}>
      <span className="hub-quiet">{t('duty.label')}</span>{' '}
      {duty.data.length === 0
        ? t('duty.none')
        : byPerson(duty.data).map((shifts) => (
            <span
              key={shifts[0]?.staffId}
              title={shifts
                .map(
                  (shift) =>
                    `${shift.institutionName} ${clock(shift.startsAt)}–${clock(shift.endsAt)} ${t('duty.phone')} ${shift.phone ?? '—'}`,
                )
                .join('\n')}
              style={{ marginInlineEnd: 6 }}
            >
              <strong>{shifts[0]?.staffName}</strong>
            </span>
          ))}
    </span>
  );
}
