import { DatePicker, Table } from 'antd';
import { useSearchParams } from 'react-router';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shell/Chart.tsx';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Figure } from '../../shell/Figure.tsx';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { IncidentsDrawer, isIncident } from './IncidentsDrawer.tsx';
import { useSterilization } from './useSterilization.ts';
import './sterilization.css';

interface Figures {
  from: string;
  to: string;
  figures: {
    code: string;
    value: number | null;
    unit: string;
    better: 'higher' | 'lower' | 'none';
    numerator?: number;
    denominator?: number;
    formula: string;
  }[];
  townships: {
    code: string;
    institution: string;
    packs: number;
    costFen: number;
    priceFen: number;
    costPerPackFen: number | null;
  }[];
  setTypes: {
    code: string;
    setName: string;
    packs: number;
    costFen: number;
    priceFen: number;
    costPerPackFen: number | null;
  }[];
  workload: {
    staff: string;
    counted: number;
    inspected: number;
    packed: number;
    loaded: number;
    released: number;
    dispatched: number;
  }[];
  daily: { day: string; packs: number; urgent: number }[];
  runs: {
    number: string;
    institution: string;
    kind: string;
    departedAt: string;
    arrivedAt: string | null;
    courier: string | null;
    packs: number;
    minutes: number | null;
  }[];
}

const yuan = (fen: number | null) => (fen === null ? '—' : (fen / 100).toFixed(2));

/** Turnaround, pass rates, losses, waste, workload, cost per pack and township, delivery runs of a period. */
export default function FiguresPage() {
  const { t } = useTranslation('sterilization');
  const [search, setSearch] = useSearchParams();
  const cases = search.get('cases');
  const [range, setRange] = useState<[string, string]>(() => [
    dayjs().subtract(29, 'day').format('YYYY-MM-DD'),
    dayjs().format('YYYY-MM-DD'),
  ]);
  const figures = useSterilization<Figures>(`figures?from=${range[0]}&to=${range[1]}`, true, false);
  const { data } = figures;
  const option = useMemo(
    () => ({
      xAxis: { type: 'category' as const, data: (data?.daily ?? []).map((row) => row.day.slice(5)) },
      yAxis: { type: 'value' as const },
      tooltip: { trigger: 'axis' as const },
      series: [
        { type: 'bar' as const, name: t('figure.packs'), data: (data?.daily ?? []).map((row) => row.packs) },
      ],
    }),
    [data, t],
  );
  if (figures.isPending) return <Loading />;
  if (figures.isError) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  if (!data) return null;
  const columns = [
    { title: t('request.site'), text: (row: Figures['townships'][number]) => row.institution },
    { title: t('figure.packs'), text: (row: Figures['townships'][number]) => String(row.packs) },
    { title: t('figure.costPerPack'), text: (row: Figures['townships'][number]) => yuan(row.costPerPackFen) },
    { title: t('figure.cost'), text: (row: Figures['townships'][number]) => yuan(row.costFen) },
    { title: t('figure.price'), text: (row: Figures['townships'][number]) => yuan(row.priceFen) },
  ];
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.figures')}</h1>
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(range[0]), dayjs(range[1])]}
          onChange={(_, text) => setRange([text[0], text[1]])}
        />
        <span className="hub-grow" />
        <ExportButton name="sterilization-cost" columns={columns} rows={data.townships} />
      </div>
      <div className="hub-scroll cssd-stack">
        <div className="cssd-figure-grid">
          {data.figures.map((figure) => (
            <Figure
              key={figure.code}
              title={t(`figureName.${figure.code}`)}
              value={figure.unit === 'fen' && figure.value !== null ? figure.value / 100 : figure.value}
              unit={t(`unit.${figure.unit}`)}
              digits={figure.unit === '%' ? 1 : figure.unit === 'fen' ? 2 : 0}
              {...(figure.better === 'none'
                ? {}
                : { better: figure.better === 'higher' ? ('up' as const) : ('down' as const) })}
              {...(isIncident(figure.code) && {
                to: `/sterilization/figures?cases=${isIncident(figure.code)}`,
              })}
              formula={`${t(`figureFormula.${figure.code}`, { defaultValue: figure.formula })}${figure.denominator === undefined ? '' : ` (${figure.numerator ?? 0} ÷ ${figure.denominator})`}`}
            />
          ))}
        </div>
        <section className="hub-panel">
          <Chart
            title={t('figure.daily')}
            option={option}
            table={{
              columns: [t('figure.day'), t('figure.packs'), t('pack.urgent')],
              rows: data.daily.map((row) => [row.day, row.packs, row.urgent]),
            }}
          />
        </section>
        <section className="hub-panel">
          <h2 className="hub-title">{t('figure.townships')}</h2>
          <Table
            size="small"
            rowKey="code"
            pagination={false}
            dataSource={data.townships}
            columns={columns.map(({ title, text }, index) => ({
              title,
              align: index === 0 ? ('left' as const) : ('right' as const),
              render: (_: unknown, row: Figures['townships'][number]) => text(row),
            }))}
          />
        </section>
        <section className="hub-panel">
          <div className="hub-bar">
            <h2 className="hub-title">{t('figure.setTypes')}</h2>
            <span className="hub-grow" />
            <ExportButton
              name="sterilization-cost-per-set"
              rows={data.setTypes}
              columns={[
                { title: t('pack.name'), text: (row: Figures['setTypes'][number]) => row.setName },
                { title: t('figure.packs'), text: (row: Figures['setTypes'][number]) => String(row.packs) },
                {
                  title: t('figure.costPerPack'),
                  text: (row: Figures['setTypes'][number]) => yuan(row.costPerPackFen),
                },
                { title: t('figure.cost'), text: (row: Figures['setTypes'][number]) => yuan(row.costFen) },
                { title: t('figure.price'), text: (row: Figures['setTypes'][number]) => yuan(row.priceFen) },
              ]}
            />
          </div>
          <Table<Figures['setTypes'][number]>
            size="small"
            rowKey="code"
            pagination={{ pageSize: 10, hideOnSinglePage: true }}
            dataSource={data.setTypes}
            columns={[
              { title: t('pack.name'), dataIndex: 'setName' },
              {
                title: t('figure.packs'),
                dataIndex: 'packs',
                align: 'right',
                sorter: (a, b) => a.packs - b.packs,
              },
              {
                title: t('figure.costPerPack'),
                align: 'right',
                sorter: (a, b) => (a.costPerPackFen ?? 0) - (b.costPerPackFen ?? 0),
                render: (_, row) => yuan(row.costPerPackFen),
              },
              {
                title: t('figure.cost'),
                align: 'right',
                sorter: (a, b) => a.costFen - b.costFen,
                render: (_, row) => yuan(row.costFen),
              },
              { title: t('figure.price'), align: 'right', render: (_, row) => yuan(row.priceFen) },
              {
                title: t('figure.margin'),
                align: 'right',
                sorter: (a, b) => a.priceFen - a.costFen - (b.priceFen - b.costFen),
                render: (_, row) => (
                  <span className={row.priceFen < row.costFen ? 'hub-tone-warn' : ''}>
                    {yuan(row.priceFen - row.costFen)}
                  </span>
                ),
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <h2 className="hub-title">{t('figure.workload')}</h2>
          <Table
            size="small"
            rowKey="staff"
            pagination={false}
            dataSource={data.workload}
            columns={[
              { title: t('record.who'), dataIndex: 'staff' },
              ...(['counted', 'inspected', 'packed', 'loaded', 'released', 'dispatched'] as const).map(
                (name) => ({ title: t(`act.${name}`), dataIndex: name, align: 'right' as const }),
              ),
            ]}
          />
        </section>
        <section className="hub-panel">
          <h2 className="hub-title">{t('figure.runs')}</h2>
          <Table
            size="small"
            rowKey="number"
            pagination={{ pageSize: 20, hideOnSinglePage: true }}
            dataSource={data.runs}
            columns={[
              { title: t('figure.run'), dataIndex: 'number' },
              { title: t('figure.kind'), render: (_, row) => t(`transfer.${row.kind}`) },
              { title: t('request.site'), dataIndex: 'institution' },
              { title: t('figure.packs'), dataIndex: 'packs', align: 'right' },
              { title: t('dispatch.courier'), dataIndex: 'courier' },
              { title: t('figure.departed'), render: (_, row) => dateTime(row.departedAt) },
              {
                title: t('figure.arrived'),
                render: (_, row) => (row.arrivedAt ? dateTime(row.arrivedAt) : t('figure.underway')),
              },
              { title: t('figure.minutes'), dataIndex: 'minutes', align: 'right' },
            ]}
          />
        </section>
      </div>
      {cases && (
        <IncidentsDrawer
          kind={cases}
          from={range[0]}
          to={range[1]}
          onClose={() => setSearch({}, { replace: true })}
        />
      )}
    </div>
  );
}
