import { useQuery } from '@tanstack/react-query';
import { Button, Segmented, Table } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed } from '../../shell/states.tsx';
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

const exported = [
  ['institutionName', 'statistics.site'],
  ['uploads', 'statistics.uploads'],
  ['unreadable', 'statistics.unreadable'],
  ['leadOff', 'quality.lead-off'],
  ['noise', 'quality.noise'],
  ['limbReversal', 'quality.limb-reversal'],
  ['saturation', 'quality.saturation'],
  ['criticalFlags', 'statistics.critical'],
  ['signed', 'statistics.signed'],
  ['medianMinutes', 'statistics.median'],
  ['p90Minutes', 'statistics.p90'],
  ['onTime', 'statistics.onTime'],
] as const satisfies readonly (readonly [keyof Row, string])[];

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
  const opens = (row: Row, figure: string, titleKey: string, count: number, text = String(count)) =>
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
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('nav.statistics')}</h1>
      <div className="hub-row" style={{ marginBottom: 8 }}>
        <Segmented
          value={days}
          onChange={(value) => setDays(Number(value))}
          options={[1, 7, 30, 90].map((value) => ({ value, label: t('statistics.days', { n: value }) }))}
        />
        <span className="hub-grow" />
        <ExportButton
          name={t('statistics.export')}
          rows={figures.data ?? []}
          columns={exported.map(([key, title]) => ({
            title: t(title),
            text: (row: Row) => String(row[key] ?? ''),
          }))}
        />
      </div>
      <Table
        size="small"
        rowKey="institutionId"
        loading={figures.isPending}
        dataSource={figures.data ?? []}
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('statistics.site'), dataIndex: 'institutionName' },
          {
            title: t('statistics.uploads'),
            align: 'right',
            render: (_, row) => opens(row, 'uploads', 'statistics.uploads', row.uploads),
          },
          {
            title: t('statistics.unreadable'),
            align: 'right',
            render: (_, row) => opens(row, 'unreadable', 'statistics.unreadable', row.unreadable),
          },
          {
            title: t('quality.lead-off'),
            align: 'right',
            render: (_, row) =>
              opens(row, 'lead-off', 'quality.lead-off', row.leadOff, share(row.leadOff, row.uploads)),
          },
          {
            title: t('quality.noise'),
            align: 'right',
            render: (_, row) =>
              opens(row, 'noise', 'quality.noise', row.noise, share(row.noise, row.uploads)),
          },
          {
            title: t('quality.limb-reversal'),
            align: 'right',
            render: (_, row) =>
              opens(
                row,
                'limb-reversal',
                'quality.limb-reversal',
                row.limbReversal,
                share(row.limbReversal, row.uploads),
              ),
          },
          {
            title: t('quality.saturation'),
            align: 'right',
            render: (_, row) =>
              opens(
                row,
                'saturation',
                'quality.saturation',
                row.saturation,
                share(row.saturation, row.uploads),
              ),
          },
          {
            title: t('statistics.critical'),
            align: 'right',
            render: (_, row) => opens(row, 'critical', 'statistics.critical', row.criticalFlags),
          },
          {
            title: t('statistics.signed'),
            align: 'right',
            render: (_, row) => opens(row, 'signed', 'statistics.signed', row.signed),
          },
          { title: t('statistics.median'), align: 'right', render: (_, row) => row.medianMinutes ?? '—' },
          { title: t('statistics.p90'), align: 'right', render: (_, row) => row.p90Minutes ?? '—' },
          {
            title: t('statistics.onTime'),
            align: 'right',
            render: (_, row) => share(row.onTime, row.signed),
          },
        ]}
      />
      <p className="hub-quiet">{t('statistics.how')}</p>
      <StatisticsCases chosen={chosen} close={() => setChosen(null)} />
    </div>
  );
}
