import { DatePicker, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OrderStatus } from '../../api/types.ts';
import { Chart } from '../../shell/Chart.tsx';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { StatusWord } from '../../shell/StatusWord.tsx';
import { TurnaroundCases } from './TurnaroundCases.tsx';
import { useLab } from './useLab.ts';

interface Span {
  n: number;
  median: number | null;
  p90: number | null;
}
const BY = ['panel', 'test', 'item', 'site', 'hour'] as const;
const SPANS = ['waiting', 'transport', 'measuring', 'verifying', 'reading', 'laboratory', 'total'] as const;
type Row = { group: string; groupEn: string; n: number } & Record<(typeof SPANS)[number], Span>;
const minutes = (value: number | null) => (value === null ? '—' : String(Math.round(value)));

/** Time between the stations, median and P90; and what is late now. */
export default function TurnaroundPage() {
  const { t, i18n } = useTranslation(['lab', 'shell']);
  const [by, setBy] = useState<(typeof BY)[number]>('panel');
  const [range, setRange] = useState<[string, string]>(() => [
    dayjs().subtract(30, 'day').format('YYYY-MM-DD'),
    dayjs().format('YYYY-MM-DD'),
  ]);
  const [figure, setFigure] = useState<'median' | 'p90'>('median');
  const [picked, setPicked] = useState<Row | null>(null);
  const figures = useLab<{ items: Row[] }>(`lab/turnaround?by=${by}&from=${range[0]}&to=${range[1]}`);
  const late = useLab<{
    items: {
      orderId: string;
      accessionNumber: string;
      itemName: string;
      patientName: string;
      institutionName: string;
      status: OrderStatus;
      dueAt: string;
      station: string | null;
    }[];
  }>('lab/late');
  const name = ({ group, groupEn }: Row) => {
    if (by === 'item') return t(`class.${group}`, { defaultValue: group });
    if (by === 'hour') return `${group}:00`;
    return i18n.language === 'en-US' ? groupEn : group;
  };
  // Forty names side by side do not fit: they stand aslant.
  const many = (figures.data?.items.length ?? 0) > 12;
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.turnaround')}</h1>
        <Segmented
          value={by}
          onChange={(value) => {
            setBy(value);
            setPicked(null);
          }}
          options={BY.map((value) => ({ value, label: t(`by.${value}`) }))}
        />
        <Segmented
          value={figure}
          onChange={setFigure}
          options={(['median', 'p90'] as const).map((value) => ({ value, label: t(`turnaround.${value}`) }))}
        />
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(range[0]), dayjs(range[1])]}
          onChange={(value) =>
            value?.[0] && value[1] && setRange([value[0].format('YYYY-MM-DD'), value[1].format('YYYY-MM-DD')])
          }
        />
      </div>
      <div className="hub-scroll">
        {figures.isPending ? (
          <Loading />
        ) : figures.isError ? (
          <Failed error={figures.error} retry={() => void figures.refetch()} />
        ) : (
          <Chart
            title={`${t('turnaround.title')} (${t(`turnaround.${figure}`)})`}
            height={many ? 300 : 240}
            option={{
              legend: { top: 0 },
              grid: { left: 48, right: 16, top: 28, bottom: many ? 84 : 32 },
              xAxis: {
                type: 'category',
                data: figures.data.items.map((row) => name(row)),
                axisLabel: many
                  ? { interval: 0, width: 96, overflow: 'truncate', rotate: 50 }
                  : { interval: 0, width: 110, overflow: 'truncate' },
              },
              yAxis: { type: 'value', name: t('turnaround.minutes') },
              tooltip: { trigger: 'axis' },
              series: (['transport', 'measuring', 'verifying'] as const).map((span) => ({
                type: 'bar',
                stack: 'way',
                name: t(`span.${span}`),
                data: figures.data.items.map((row) => Math.round(row[span][figure] ?? 0)),
              })),
            }}
            onPick={({ dataIndex }) => setPicked(figures.data.items[dataIndex] ?? null)}
            table={{
              columns: [t(`by.${by}`), 'n', ...SPANS.map((span) => `${t(`span.${span}`)} (P50 / P90)`)],
              rows: figures.data.items.map((row) => [
                name(row),
                row.n,
                ...SPANS.map((span) => `${minutes(row[span].median)} / ${minutes(row[span].p90)}`),
              ]),
            }}
          />
        )}
        {picked && (
          <TurnaroundCases
            query={`by=${by}&group=${encodeURIComponent(picked.group)}&from=${range[0]}&to=${range[1]}`}
            title={name(picked)}
            onClose={() => setPicked(null)}
          />
        )}
        {late.isPending ? (
          <Loading rows={2} />
        ) : late.isError ? (
          <Failed error={late.error} />
        ) : (
          <ListTable
            name={t('lateNow')}
            heading={t('lateNow')}
            rowKey="orderId"
            rows={late.data.items}
            empty={t('nothingLate')}
            columns={[
              {
                title: t('col.accession'),
                text: (row) => row.accessionNumber,
                render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
              },
              { person: true, title: t('col.patient'), text: (row) => row.patientName },
              { title: t('col.items'), text: (row) => row.itemName },
              { title: t('col.site'), text: (row) => row.institutionName },
              {
                title: t('col.state'),
                text: (row) => t(`shell:status.${row.status}`),
                render: (row) => <StatusWord status={row.status} />,
              },
              {
                title: t('turnaround.station'),
                text: (row) => (row.station ? t(`station.${row.station}`) : ''),
              },
              {
                title: t('col.due'),
                text: (row) => dateTime(row.dueAt),
                render: (row) => <span className="hub-tone-breach">{dateTime(row.dueAt)}</span>,
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}
