import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../../api/client.ts';
import { Chart } from '../../../shell/Chart.tsx';
import { Failed } from '../../../shell/states.tsx';
import { FigureTable } from '../FigureTable.tsx';
import { percent } from '../types.ts';
import { Prompts } from './Prompts.tsx';

const ORIGINS = ['all', 'county', 'elsewhere'] as const;
const GROUPS = ['site', 'clinician', 'item', 'month', 'source'] as const;
type Group = (typeof GROUPS)[number];
interface Row {
  name: string;
  prompts: number;
  /** Of these, prompts about results of other platforms. */
  elsewhere: number;
  adopted: number;
  repeated: number;
  undecided: number;
  rate: number | null;
  saving: number;
}

/** What of a figure is opened: a row, and of it a decision, a reason or those of other platforms. */
interface Opened {
  name?: string;
  decision?: string;
  reason?: string;
  origin?: string;
}

/** Prompts, adoptions, repetitions and savings by site, doctor, item, month or recognised site; each number opens its prompts. */
export function RecognitionFigures({
  span,
  insider,
}: {
  span: { from: string; to: string };
  insider: boolean;
}) {
  const { t } = useTranslation(['quality', 'shell', 'order']);
  const [group, setGroup] = useState<Group>('site');
  const [origin, setOrigin] = useState<(typeof ORIGINS)[number]>('all');
  const [open, setOpen] = useState<Opened | null>(null);
  const asked = { ...span, by: group, ...(origin !== 'all' && { origin }) };
  const figures = useQuery({
    queryKey: ['recognition', 'figures', asked],
    queryFn: () =>
      get<{ items: Row[]; reasons: { reason: string; count: number }[] }>(
        `/api/recognition/figures${query(asked)}`,
      ),
  });
  if (figures.isError) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  const rows = figures.data?.items ?? [];
  const reasons = figures.data?.reasons ?? [];
  const reasonName = (reason: string) => t(`order:recognition.reasons.${reason}`, { defaultValue: reason });
  const cell = (row: Row, value: number, more: Omit<Opened, 'name'> = {}) =>
    insider && value > 0 ? (
      <Button type="link" size="small" onClick={() => setOpen({ name: row.name, ...more })}>
        {value}
      </Button>
    ) : (
      value
    );
  return (
    <>
      <div className="hub-bar">
        <Segmented
          value={group}
          onChange={setGroup}
          options={GROUPS.filter((value) => insider || value !== 'clinician').map((value) => ({
            value,
            label: t(`recognition.by.${value}`),
          }))}
        />
        <Segmented
          value={origin}
          onChange={setOrigin}
          options={ORIGINS.map((value) => ({ value, label: t(`recognition.origin.${value}`) }))}
        />
        <span className="hub-quiet">{t('recognitionFormula')}</span>
      </div>
      {rows.length > 0 && (
        <div className="hub-columns-2">
          <Chart
            title={t('recognition.byChart')}
            table={{
              columns: [
                t(`recognition.by.${group}`),
                t('column.adopted'),
                t('column.repeated'),
                t('column.undecided'),
              ],
              rows: rows.map((row) => [row.name, row.adopted, row.repeated, row.undecided]),
            }}
            option={{
              tooltip: { trigger: 'axis' },
              legend: { top: 0, right: 0 },
              grid: { left: 110, right: 24, top: 28, bottom: 28 },
              xAxis: { type: 'value', minInterval: 1 },
              yAxis: {
                type: 'category',
                inverse: true,
                data: rows.slice(0, 12).map((row) => row.name),
                axisLabel: { interval: 0, width: 100, overflow: 'truncate' },
              },
              series: (['adopted', 'repeated', 'undecided'] as const).map((key) => ({
                type: 'bar',
                stack: 'prompts',
                name: t(`column.${key}`),
                data: rows.slice(0, 12).map((row) => row[key]),
              })),
            }}
          />
          <Chart
            title={t('recognition.reasons')}
            table={{
              columns: [t('recognition.reason'), t('column.cases')],
              rows: reasons.map((row) => [reasonName(row.reason), row.count]),
            }}
            onPick={({ dataIndex }) => {
              const reason = reasons[dataIndex]?.reason;
              if (insider && reason) setOpen({ reason });
            }}
            option={{
              tooltip: { trigger: 'item' },
              grid: { left: 150, right: 24, top: 12, bottom: 28 },
              xAxis: { type: 'value', minInterval: 1 },
              yAxis: { type: 'category', inverse: true, data: reasons.map((row) => reasonName(row.reason)) },
              series: [{ type: 'bar', data: reasons.map((row) => row.count) }],
            }}
          />
        </div>
      )}
      <FigureTable<Row>
        title={t(`recognition.by.${group}`)}
        rows={figures.data?.items}
        rowKey={(row) => row.name}
        empty={t('noPrompts')}
        columns={[
          { title: t(`recognition.by.${group}`), text: (row) => row.name },
          {
            title: t('column.prompts'),
            number: true,
            text: (row) => row.prompts,
            render: (row) => cell(row, row.prompts),
          },
          {
            title: t('recognition.origin.elsewhere'),
            number: true,
            text: (row) => row.elsewhere,
            render: (row) => cell(row, row.elsewhere, { origin: 'elsewhere' }),
          },
          {
            title: t('column.adopted'),
            number: true,
            text: (row) => row.adopted,
            render: (row) => cell(row, row.adopted, { decision: 'adopt' }),
          },
          {
            title: t('column.repeated'),
            number: true,
            text: (row) => row.repeated,
            render: (row) => cell(row, row.repeated, { decision: 'repeat' }),
          },
          {
            title: t('column.undecided'),
            number: true,
            text: (row) => row.undecided,
            render: (row) => cell(row, row.undecided, { decision: 'none' }),
          },
          {
            title: t('column.rate'),
            number: true,
            text: (row) => row.rate,
            render: (row) => percent(row.rate),
          },
          {
            title: t('column.saving'),
            number: true,
            text: (row) => row.saving,
            render: (row) => row.saving.toFixed(2),
          },
        ]}
      />
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size={980}
        title={
          open?.name ??
          (open?.reason ? t(`order:recognition.reasons.${open.reason}`, { defaultValue: open.reason }) : '')
        }
      >
        {open && <Prompts filter={{ ...asked, ...open }} />}
      </Drawer>
    </>
  );
}
