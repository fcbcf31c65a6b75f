import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Segmented, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { Chart } from '../../shell/Chart.tsx';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed } from '../../shell/states.tsx';
import { FigureTable } from './FigureTable.tsx';
import { RecognitionCatalogue } from './recognition/RecognitionCatalogue.tsx';
import { RecognitionEvidence } from './recognition/RecognitionEvidence.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { percent } from './types.ts';
import { useSpan } from './useSpan.ts';

const GROUPS = ['site', 'clinician', 'item', 'month', 'source'] as const;
type Group = (typeof GROUPS)[number];
interface Row {
  name: string;
  prompts: number;
  adopted: number;
  repeated: number;
  undecided: number;
  rate: number | null;
  saving: number;
}
interface Prompt {
  id: string;
  promptedAt: string;
  decision: string | null;
  reason: string | null;
  note: string | null;
  saving: number | null;
  itemName: string;
  institutionName: string;
  clinician: string | null;
  sourceName: string;
  sourceAccessionNumber: string;
  sourceOrderId: string;
  patientName: string;
}
interface Past {
  name: string;
  institutionName: string;
  prompts: number;
  repeated: number;
  other: number;
  leftOpen: number;
  orderedAnyway: number;
}

/** Recognition: figures with their prompts, who orders past them, catalogue and quality evidence. */
export default function RecognitionPage() {
  const { t } = useTranslation(['quality', 'shell', 'order']);
  const session = useSession();
  const [span, setSpan] = useSpan();
  const insider = has(session, 'quality', 'center-head');
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.recognition')}</h1>
        <span className="hub-grow" />
        <Button href="/recognition" target="_blank">
          {t('recognition.public')}
        </Button>
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      <Tabs
        size="small"
        items={[
          {
            key: 'figures',
            label: t('recognition.figures'),
            children: <Figures span={span} insider={insider} />,
          },
          ...(insider
            ? [{ key: 'past', label: t('recognition.past'), children: <PastPrompts span={span} /> }]
            : []),
          { key: 'catalogue', label: t('recognitionCatalogue'), children: <RecognitionCatalogue /> },
          { key: 'evidence', label: t('recognition.evidence'), children: <RecognitionEvidence /> },
        ]}
      />
    </div>
  );
}

function Figures({ span, insider }: { span: { from: string; to: string }; insider: boolean }) {
  const { t } = useTranslation(['quality', 'shell', 'order']);
  const [group, setGroup] = useState<Group>('site');
  const [open, setOpen] = useState<{ name?: string; decision?: string; reason?: string } | null>(null);
  const figures = useQuery({
    queryKey: ['recognition', 'figures', span, group],
    queryFn: () =>
      get<{ items: Row[]; reasons: { reason: string; count: number }[] }>(
        `/api/recognition/figures${query({ ...span, by: group })}`,
      ),
  });
  if (figures.isError) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  const rows = figures.data?.items ?? [];
  const reasons = figures.data?.reasons ?? [];
  const reasonName = (reason: string) => t(`order:recognition.reasons.${reason}`, { defaultValue: reason });
  const cell = (row: Row, value: number, decision?: string) =>
    insider && value > 0 ? (
      <Button
        type="link"
        size="small"
        onClick={() => setOpen({ name: row.name, ...(decision && { decision }) })}
      >
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
              xAxis: {
                type: 'category',
                data: rows.slice(0, 12).map((row) => row.name),
                axisLabel: { interval: 0, width: 70, overflow: 'truncate' },
              },
              yAxis: { type: 'value', minInterval: 1 },
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
            title: t('column.adopted'),
            number: true,
            text: (row) => row.adopted,
            render: (row) => cell(row, row.adopted, 'adopt'),
          },
          {
            title: t('column.repeated'),
            number: true,
            text: (row) => row.repeated,
            render: (row) => cell(row, row.repeated, 'repeat'),
          },
          {
            title: t('column.undecided'),
            number: true,
            text: (row) => row.undecided,
            render: (row) => cell(row, row.undecided, 'none'),
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
        {open && <Prompts filter={{ ...span, by: group, ...open }} />}
      </Drawer>
    </>
  );
}

function Prompts({ filter }: { filter: Record<string, string> }) {
  const { t } = useTranslation(['quality', 'shell', 'order']);
  const prompts = useQuery({
    queryKey: ['recognition', 'prompts', filter],
    queryFn: () => get<{ items: Prompt[] }>(`/api/recognition/prompts${query(filter)}`),
  });
  return (
    <FigureTable<Prompt>
      title={t('recognition.prompts')}
      rows={prompts.data?.items}
      error={prompts.error}
      rowKey={(row) => row.id}
      empty={t('noPrompts')}
      columns={[
        {
          title: t('column.at'),
          text: (row) => dateTime(row.promptedAt),
        },
        { title: t('shell:column.patient'), text: (row) => row.patientName },
        { title: t('column.item'), text: (row) => row.itemName },
        { title: t('recognition.by.site'), text: (row) => row.institutionName },
        { title: t('recognition.by.clinician'), text: (row) => row.clinician },
        {
          title: t('recognition.source'),
          text: (row) => `${row.sourceName} ${row.sourceAccessionNumber}`,
          render: (row) => (
            <Link to={`/orders/${row.sourceOrderId}`}>
              {row.sourceName} {row.sourceAccessionNumber}
            </Link>
          ),
        },
        {
          title: t('recognition.decision'),
          text: (row) =>
            row.decision === 'adopt'
              ? t('column.adopted')
              : row.decision === 'repeat'
                ? `${t('column.repeated')}:${t(`order:recognition.reasons.${row.reason ?? ''}`, { defaultValue: row.reason ?? '' })}${row.note ? ` ${row.note}` : ''}`
                : t('column.undecided'),
        },
      ]}
    />
  );
}

function PastPrompts({ span }: { span: { from: string; to: string } }) {
  const { t } = useTranslation(['quality', 'shell']);
  const past = useQuery({
    queryKey: ['recognition', 'past', span],
    queryFn: () => get<{ items: Past[] }>(`/api/recognition/past-prompts${query({ ...span })}`),
  });
  return (
    <>
      <p className="hub-quiet">{t('recognition.pastNote')}</p>
      <FigureTable<Past>
        title={t('recognition.past')}
        rows={past.data?.items}
        error={past.error}
        rowKey={(row) => row.name + row.institutionName}
        empty={t('recognition.noPast')}
        columns={[
          { title: t('recognition.by.clinician'), text: (row) => row.name },
          { title: t('column.site'), text: (row) => row.institutionName },
          { title: t('column.prompts'), number: true, text: (row) => row.prompts },
          { title: t('column.repeated'), number: true, text: (row) => row.repeated },
          { title: t('recognition.other'), number: true, text: (row) => row.other },
          { title: t('recognition.leftOpen'), number: true, text: (row) => row.leftOpen },
          { title: t('recognition.orderedAnyway'), number: true, text: (row) => row.orderedAnyway },
        ]}
      />
    </>
  );
}
