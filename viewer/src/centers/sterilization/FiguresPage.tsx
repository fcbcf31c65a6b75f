import { Button, DatePicker } from 'antd';
import { useSearchParams } from 'react-router';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart } from '../../shell/Chart.tsx';
import { Figure } from '../../shell/Figure.tsx';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { daysAgo } from './days.ts';
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
  const show = (part: Record<string, string>) => setSearch(part, { replace: true });
  const [range, setRange] = useState<[string, string]>(() => [daysAgo(29), daysAgo(0)]);
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
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.figures')}</h1>
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(range[0]), dayjs(range[1])]}
          onChange={(_, text) => setRange([text[0], text[1]])}
        />
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
                to: `/sterilization/figures?kind=${isIncident(figure.code)}`,
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
          <ListTable<Figures['townships'][number]>
            name="sterilization-cost-per-site"
            heading={t('figure.townships')}
            rowKey="code"
            rows={data.townships}
            empty={t('figure.noPacks')}
            columns={[
              { title: t('request.site'), text: (row) => row.institution },
              {
                title: t('figure.packs'),
                align: 'right',
                text: (row) => row.packs,
                render: (row) => (
                  <Count n={row.packs} onClick={() => show({ kind: 'delivered', institution: row.code })} />
                ),
              },
              { title: t('figure.costPerPack'), align: 'right', text: (row) => yuan(row.costPerPackFen) },
              { title: t('figure.cost'), align: 'right', text: (row) => yuan(row.costFen) },
              { title: t('figure.price'), align: 'right', text: (row) => yuan(row.priceFen) },
              {
                title: t('figure.margin'),
                align: 'right',
                text: (row) => yuan(row.priceFen - row.costFen),
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <ListTable<Figures['setTypes'][number]>
            name="sterilization-cost-per-set"
            heading={t('figure.setTypes')}
            empty={t('figure.noPacks')}
            rowKey="code"
            rows={data.setTypes}
            columns={[
              { title: t('pack.name'), text: (row) => row.setName },
              {
                title: t('figure.packs'),
                text: (row) => row.packs,
                render: (row) => (
                  <Count n={row.packs} onClick={() => show({ kind: 'ready', setType: row.code })} />
                ),
                align: 'right',
              },
              {
                title: t('figure.costPerPack'),
                align: 'right',
                render: (row) => yuan(row.costPerPackFen),
              },
              {
                title: t('figure.cost'),
                align: 'right',
                render: (row) => yuan(row.costFen),
              },
              { title: t('figure.price'), align: 'right', render: (row) => yuan(row.priceFen) },
              {
                title: t('figure.margin'),
                align: 'right',
                render: (row) => (
                  <span className={row.priceFen < row.costFen ? 'hub-tone-warn' : ''}>
                    {yuan(row.priceFen - row.costFen)}
                  </span>
                ),
              },
            ]}
          />
        </section>
        <section className="hub-panel">
          <ListTable<Figures['workload'][number]>
            name="sterilization-workload"
            heading={t('figure.workload')}
            empty={t('figure.noPacks')}
            rowKey="staff"
            rows={data.workload}
            columns={[
              { title: t('record.who'), text: (row) => row.staff },
              ...(['counted', 'inspected', 'packed', 'loaded', 'released', 'dispatched'] as const).map(
                (name) => ({
                  title: t(`act.${name}`),
                  text: (row: Figures['workload'][number]) => row[name],
                  render: (row: Figures['workload'][number]) => (
                    <Count
                      n={row[name]}
                      onClick={() => show({ kind: 'work', staff: row.staff, act: name })}
                    />
                  ),
                  align: 'right' as const,
                }),
              ),
            ]}
          />
        </section>
        <section className="hub-panel">
          <ListTable<Figures['runs'][number]>
            name="sterilization-runs"
            heading={t('figure.runs')}
            empty={t('figure.noRuns')}
            rowKey="number"
            rows={data.runs}
            columns={[
              { title: t('figure.run'), text: (row) => row.number },
              { title: t('figure.kind'), render: (row) => t(`transfer.${row.kind}`) },
              { title: t('request.site'), text: (row) => row.institution },
              {
                title: t('figure.packs'),
                text: (row) => row.packs,
                render: (row) => (
                  <Count n={row.packs} onClick={() => show({ kind: 'run', number: row.number })} />
                ),
                align: 'right',
              },
              { title: t('dispatch.courier'), text: (row) => row.courier },
              { title: t('figure.departed'), render: (row) => dateTime(row.departedAt) },
              {
                title: t('figure.arrived'),
                render: (row) => (row.arrivedAt ? dateTime(row.arrivedAt) : t('figure.underway')),
              },
              { title: t('figure.minutes'), text: (row) => row.minutes, align: 'right' },
            ]}
          />
        </section>
      </div>
      {search.get('kind') && (
        <IncidentsDrawer
          part={search}
          from={range[0]}
          to={range[1]}
          onClose={() => setSearch({}, { replace: true })}
        />
      )}
    </div>
  );
}

/** A number that leads to its cases; zero has none. */
function Count({ n, onClick }: { n: number; onClick: () => void }) {
  return n === 0 ? (
    <>0</>
  ) : (
    <Button type="link" size="small" onClick={onClick}>
      {n}
    </Button>
  );
}
