import { Button, Segmented, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { Chart } from '../../shell/Chart.tsx';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { chartTime, dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { parseRange, type CumulativePoint } from './cumulative.ts';
import { arrow, toneOf } from './types.ts';
import { useLab } from './useLab.ts';
import './lab.css';
import { unitText } from './unitText.ts';

interface TestRow {
  code: string;
  name: string;
  unit: string | null;
  range: string | null;
  cells: Map<string, CumulativePoint>;
  points: CumulativePoint[];
}
const COLUMNS = 8;

/** All values of a patient: tests down, collections across, newest first; chosen tests as trend plots with their range. */
export default function CumulativePage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { patientId = '' } = useParams();
  const [view, setView] = useState<'table' | 'trend'>('table');
  const [chosen, setChosen] = useState<string[]>([]);
  const [page, setPage] = useState(0);
  const points = useLab<{ items: CumulativePoint[] }>(`lab/patients/${patientId}/cumulative?limit=2000`);
  if (points.isPending) return <Loading rows={8} />;
  if (points.isError) return <Failed error={points.error} retry={() => void points.refetch()} />;
  const times = [...new Set(points.data.items.map((one) => one.at))].sort().reverse();
  const rows = new Map<string, TestRow>();
  for (const point of points.data.items) {
    const row = rows.get(point.testCode) ?? {
      code: point.testCode,
      name: point.name,
      unit: point.unit,
      range: point.range,
      cells: new Map<string, CumulativePoint>(),
      points: [],
    };
    if (!row.cells.has(point.at)) row.cells.set(point.at, point);
    row.points.push(point);
    rows.set(point.testCode, row);
  }
  const list = [...rows.values()];
  const shown = times.slice(page * COLUMNS, (page + 1) * COLUMNS);
  const plotted =
    chosen.length > 0
      ? chosen
      : list
          .filter(hasTrend)
          .slice(0, 6)
          .map((row) => row.code);
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('cumulative.title')}</h1>
        <Segmented
          value={view}
          onChange={setView}
          options={(['table', 'trend'] as const).map((value) => ({ value, label: t(`cumulative.${value}`) }))}
        />
        <span className="hub-quiet">
          {t('cumulative.counts', { tests: list.length, times: times.length })}
        </span>
        <span className="hub-grow" />
        {times.length > COLUMNS && view === 'table' && (
          <>
            <Button disabled={page === 0} onClick={() => setPage(page - 1)}>
              {t('newer')}
            </Button>
            <Button disabled={(page + 1) * COLUMNS >= times.length} onClick={() => setPage(page + 1)}>
              {t('older')}
            </Button>
          </>
        )}
        <ExportButton
          name={t('cumulative.title')}
          rows={points.data.items}
          columns={[
            { title: t('col.at'), text: (row) => dateTime(row.at) },
            { title: t('col.code'), text: (row) => row.testCode },
            { title: t('col.test'), text: (row) => row.name },
            { title: t('col.value'), text: (row) => row.text ?? row.value ?? '' },
            { title: t('col.unit'), text: (row) => unitText(row.unit) },
            { title: t('col.range'), text: (row) => row.range ?? '' },
          ]}
        />
      </div>
      <div className="hub-scroll lab-stack">
        {list.length === 0 ? (
          <Empty text={t('noHistory')} />
        ) : view === 'table' ? (
          <Table
            size="small"
            rowKey="code"
            pagination={false}
            dataSource={list}
            scroll={{ x: 'max-content' }}
            rowSelection={{
              hideSelectAll: true,
              selectedRowKeys: chosen,
              onChange: (keys) => setChosen(keys as string[]),
            }}
            columns={[
              { title: t('col.test'), dataIndex: 'name', fixed: 'left' },
              { title: t('col.unit'), render: (_, row) => unitText(row.unit) },
              { title: t('col.range'), dataIndex: 'range' },
              ...shown.map((at) => ({
                title: dateTime(at).slice(2),
                align: 'right' as const,
                render: (_: unknown, row: TestRow) => {
                  const point = row.cells.get(at);
                  return point ? (
                    <span
                      className={`lab-num ${toneOf(point.flag)}`}
                      title={point.source === 'hub' ? (point.accessionNumber ?? '') : t('external')}
                    >
                      {point.text ?? point.value} {arrow(point.flag)}
                    </span>
                  ) : null;
                },
              })),
            ]}
          />
        ) : (
          <div className="lab-plots">
            {list
              .filter((row) => plotted.includes(row.code))
              .map((row) => (
                <section key={row.code} className="hub-panel">
                  <TrendPlot row={row} />
                </section>
              ))}
            {!list.some((row) => plotted.includes(row.code) && hasTrend(row)) && (
              <Empty text={t('cumulative.noTrend')} />
            )}
          </div>
        )}
      </div>
    </div>
  );
}

const hasTrend = (row: TestRow) => row.points.filter((point) => point.value !== null).length > 1;

function TrendPlot({ row }: { row: TestRow }) {
  const { t } = useTranslation('lab');
  const limits = parseRange(row.range);
  const points = row.points.filter((point) => point.value !== null);
  return (
    <Chart
      title={`${row.name}${row.unit ? ` (${unitText(row.unit)})` : ''} ${row.range ?? ''}`}
      height={200}
      option={{
        xAxis: { type: 'time' },
        yAxis: { type: 'value', scale: true },
        tooltip: { trigger: 'axis' },
        series: [
          {
            type: 'line',
            name: row.name,
            data: points.map((point) => [chartTime(point.at), point.value]),
            markLine: {
              silent: true,
              symbol: 'none',
              data: limits.map((value) => ({ yAxis: value, label: { formatter: String(value) } })),
            },
          },
        ],
      }}
      table={{
        columns: [t('col.at'), t('col.value'), t('col.range')],
        rows: points.map((point) => [dateTime(point.at), point.value, point.range ?? '']),
      }}
    />
  );
}
