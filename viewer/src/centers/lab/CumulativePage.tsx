import { Button, Segmented, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import type { Patient } from '../../api/types.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { age, dateTime, maskId } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { hasTrend, rowsOf, type CumulativePoint } from './cumulative.ts';
import { TrendPlot } from './TrendPlot.tsx';
import { arrow, toneOf } from './types.ts';
import { useLab } from './useLab.ts';
import './lab.css';
import { unitText } from './unitText.ts';

const COLUMNS = 8;
/** Plots drawn when nobody chose tests. */
const PLOTS = 6;

/** All values of a patient: tests down, collections across, newest first; chosen tests as trend plots in their reference band. */
export default function CumulativePage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { patientId = '' } = useParams();
  const [view, setView] = useState<'table' | 'trend'>('table');
  const [chosen, setChosen] = useState<string[]>([]);
  const [page, setPage] = useState(0);
  const points = useLab<{ patient: Patient; items: CumulativePoint[] }>(
    `lab/patients/${patientId}/cumulative?limit=2000`,
  );
  if (points.isPending) return <Loading rows={8} />;
  if (points.isError) return <Failed error={points.error} retry={() => void points.refetch()} />;
  const times = [...new Set(points.data.items.map((one) => one.at))].sort().reverse();
  const list = rowsOf(points.data.items);
  const trends = list.filter(hasTrend);
  const plotted = chosen.length > 0 ? chosen : trends.slice(0, PLOTS).map((row) => row.key);
  const plots = trends.filter((row) => plotted.includes(row.key));
  const drawnTimes = plots.flatMap((row) => row.points.map((point) => point.at)).sort();
  const [first, last] = [drawnTimes[0], drawnTimes.at(-1)];
  return (
    <div className="hub-page">
      <PatientLine patient={points.data.patient} />
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
        {view === 'trend' && trends.length > 0 && (
          <Select
            mode="multiple"
            allowClear
            maxTagCount="responsive"
            style={{ width: 300 }}
            optionFilterProp="label"
            aria-label={t('cumulative.choose')}
            placeholder={t('cumulative.choose')}
            value={plots.map((row) => row.key)}
            onChange={setChosen}
            options={trends.map((row) => ({
              value: row.key,
              label: `${row.name}${row.unit ? ` (${unitText(row.unit)})` : ''}`,
            }))}
          />
        )}
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
        <Button disabled={list.length === 0} onClick={() => window.print()}>
          {t('cumulative.print')}
        </Button>
        <ExportButton
          name={t('cumulative.title')}
          rows={points.data.items}
          columns={[
            { title: t('col.at'), text: (row) => dateTime(row.at) },
            { title: t('col.code'), text: (row) => row.testCode },
            { title: t('col.test'), text: (row) => row.name },
            { title: t('col.value'), text: (row) => row.text ?? row.value ?? '' },
            { title: t('col.flag'), text: (row) => arrow(row.flag) },
            { title: t('col.unit'), text: (row) => unitText(row.unit) },
            { title: t('col.range'), text: (row) => row.range ?? '' },
            { title: t('col.source'), text: (row) => row.accessionNumber ?? t('external') },
          ]}
        />
      </div>
      <div className="hub-scroll lab-stack">
        {list.length === 0 ? (
          <Empty text={t('noHistory')} />
        ) : view === 'trend' ? (
          plots.length === 0 || !first || !last ? (
            <Empty text={t('cumulative.noTrend')} />
          ) : (
            plots.map((row) => <TrendPlot key={row.key} points={row.points} between={[first, last]} />)
          )
        ) : (
          <Table
            size="small"
            rowKey="key"
            pagination={false}
            dataSource={list}
            scroll={{ x: 'max-content' }}
            rowSelection={{
              hideSelectAll: true,
              selectedRowKeys: chosen,
              getCheckboxProps: (row) => ({ disabled: !hasTrend(row), 'aria-label': row.name }),
              onChange: (keys) => setChosen(keys as string[]),
            }}
            columns={[
              { title: t('col.test'), dataIndex: 'name', fixed: 'left' },
              { title: t('col.unit'), render: (_, row) => unitText(row.unit) },
              { title: t('col.range'), dataIndex: 'range' },
              ...times.slice(page * COLUMNS, (page + 1) * COLUMNS).map((at) => ({
                title: dateTime(at).slice(2),
                align: 'right' as const,
                render: (_: unknown, { cells }: { cells: Map<string, CumulativePoint> }) => (
                  <Cell point={cells.get(at)} />
                ),
              })),
            ]}
          />
        )}
      </div>
    </div>
  );
}

function Cell({ point }: { point: CumulativePoint | undefined }) {
  const { t } = useTranslation('lab');
  if (!point) return null;
  const origin = point.source === 'hub' ? (point.accessionNumber ?? '') : t('external');
  return (
    <span
      className={`lab-num ${toneOf(point.flag)}`}
      title={`${origin}${point.range ? ` · ${t('col.range')} ${point.range}` : ''}`}
    >
      {point.text ?? point.value} {arrow(point.flag)}
    </span>
  );
}

/** Whose values these are, on the screen and on paper. */
function PatientLine({ patient }: { patient: Patient }) {
  const { t } = useTranslation('shell');
  const identifier = patient.identifiers?.find((one) => one.type === 'id-card') ?? patient.identifiers?.[0];
  return (
    <section className="hub-strip" aria-label={t('strip.label')}>
      <strong className="hub-strip-name">{patient.name || t('patient.unknown')}</strong>
      <span>{t(`sex.${patient.sex}`)}</span>
      <span title={patient.birthDate ?? ''}>{age(patient.birthDate, t) || t('patient.ageUnknown')}</span>
      {identifier && <span className="hub-num">{maskId(identifier.value)}</span>}
    </section>
  );
}
