import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../api/client.ts';
import { ListTable, type ListColumn } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { StatisticsCases, type Chosen } from './StatisticsCases.tsx';

interface Row {
  institutionId: string;
  institutionName: string;
  uploads: number;
  unreadable: number;
  leadOff: number;
  noise: number;
  limbReversal: number;
  saturation: number;
  signed: number;
  medianMinutes: number | null;
  p90Minutes: number | null;
  onTime: number;
  criticalFlags: number;
}

type CountKey = Exclude<
  keyof Row,
  'institutionId' | 'institutionName' | 'medianMinutes' | 'p90Minutes' | 'onTime'
>;

/** Per site: uploads, quality, turnaround. A rate shows nothing where its denominator is 0. */
export default function StatisticsPage() {
  const { t } = useTranslation('ecg');
  const [days, setDays] = useState(30);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const span = useMemo(() => {
    const now = Date.now();
    return { from: new Date(now - days * 86_400_000).toISOString(), to: new Date(now).toISOString() };
  }, [days]);
  const figures = useQuery({
    queryKey: ['ecg', 'statistics', span],
    queryFn: async () =>
      (await get<{ items: Row[] }>(`/api/ecg/statistics${query({ from: span.from, to: span.to })}`)).items,
  });
  if (figures.isError) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  const share = (part: number, whole: number): string =>
    whole > 0 ? `${part} (${Math.round((100 * part) / whole)}%)` : '—';
  /** A number that opens its cases. */
  const opens = (row: Row, figure: string, titleKey: string, count: number, text: string) =>
    count > 0 ? (
      <Button
        type="link"
        size="small"
        style={{ paddingInline: 0 }}
        onClick={() =>
          setChosen({
            institutionId: row.institutionId,
            institutionName: row.institutionName,
            figure,
            titleKey,
            ...span,
          })
        }
      >
        {text}
      </Button>
    ) : (
      text
    );
  /** One count; with a whole, its share of that too. */
  const counted = (figure: string, titleKey: string, part: CountKey, whole?: CountKey): ListColumn<Row> => ({
    title: t(titleKey),
    align: 'right',
    text: (row) => row[part],
    render: (row) =>
      opens(row, figure, titleKey, row[part], whole ? share(row[part], row[whole]) : String(row[part])),
  });
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('nav.statistics')}</h1>
      <div className="hub-row" style={{ marginBottom: 8 }}>
        <Segmented
          value={days}
          onChange={(value) => setDays(Number(value))}
          options={[1, 7, 30, 90].map((value) => ({ value, label: t('statistics.days', { n: value }) }))}
        />
      </div>
      {figures.isPending ? (
        <Loading />
      ) : (
        <ListTable<Row>
          name={t('statistics.export')}
          rowKey="institutionId"
          rows={figures.data}
          empty={t('statistics.empty')}
          columns={[
            { title: t('statistics.site'), text: (row) => row.institutionName },
            counted('uploads', 'statistics.uploads', 'uploads'),
            counted('unreadable', 'statistics.unreadable', 'unreadable'),
            counted('lead-off', 'quality.lead-off', 'leadOff', 'uploads'),
            counted('noise', 'quality.noise', 'noise', 'uploads'),
            counted('limb-reversal', 'quality.limb-reversal', 'limbReversal', 'uploads'),
            counted('saturation', 'quality.saturation', 'saturation', 'uploads'),
            counted('critical', 'statistics.critical', 'criticalFlags'),
            counted('signed', 'statistics.signed', 'signed'),
            {
              title: t('statistics.median'),
              align: 'right',
              text: (row) => row.medianMinutes,
              render: (row) =>
                opens(row, 'signed', 'statistics.median', row.signed, String(row.medianMinutes ?? '—')),
            },
            {
              title: t('statistics.p90'),
              align: 'right',
              text: (row) => row.p90Minutes,
              render: (row) => opens(row, 'p90', 'statistics.p90', row.signed, String(row.p90Minutes ?? '—')),
            },
            {
              title: t('statistics.onTime'),
              align: 'right',
              text: (row) => row.onTime,
              render: (row) =>
                opens(row, 'on-time', 'statistics.onTime', row.onTime, share(row.onTime, row.signed)),
            },
            {
              title: t('statistics.late'),
              align: 'right',
              text: (row) => row.signed - row.onTime,
              render: (row) => {
                const late = row.signed - row.onTime;
                return opens(row, 'late', 'statistics.late', late, share(late, row.signed));
              },
            },
          ]}
        />
      )}
      <p className="hub-quiet">{t('statistics.how')}</p>
      <StatisticsCases chosen={chosen} close={() => setChosen(null)} />
    </div>
  );
}
