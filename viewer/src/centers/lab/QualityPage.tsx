import { Button, InputNumber, Modal, Segmented, Tag } from 'antd';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { LeveyJennings } from './qc/LeveyJennings.tsx';
import { QualitySummary } from './qc/QualitySummary.tsx';
import { EqaPanel } from './eqa/EqaPanel.tsx';
import { EventDialog } from './qc/EventDialog.tsx';
import { ActionDialog, QcActions } from './qc/QcActions.tsx';
import { QcSetup } from './qc/QcSetup.tsx';
import { benchText } from './benchText.ts';
import { useAct, useLab } from './useLab.ts';

interface Level {
  targetId: string;
  level: number;
  lot: string;
  parallel: boolean;
  mean: number | null;
  sd: number | null;
  last: {
    id: string;
    at: string;
    value: number;
    z: number | null;
    verdict: string;
    violations: string[];
    action: string | null;
  } | null;
}
interface Row {
  instrumentId: string;
  instrument: string;
  bench: string;
  testCode: string;
  testName: string;
  levels: Level[];
  hold: string | null;
}

const VIEWS = ['now', 'actions', 'month', 'eqa', 'setup'] as const;

/** Quality control: state by analyzer and test, chart, entering a run, corrective action; month and 室间质评. */
export default function QualityPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const [view, setView] = useState<(typeof VIEWS)[number]>('now');
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.quality')}</h1>
        <Segmented
          value={view}
          onChange={setView}
          options={VIEWS.map((value) => ({ value, label: t(`qc.view.${value}`) }))}
        />
      </div>
      <div className="hub-scroll">
        {view === 'now' ? (
          <Now works={may(session, 'bench.work')} />
        ) : view === 'month' ? (
          <QualitySummary />
        ) : view === 'actions' ? (
          <QcActions works={may(session, 'bench.work')} />
        ) : view === 'setup' ? (
          <QcSetup edits={may(session, 'policy.edit')} />
        ) : (
          <EqaPanel />
        )}
      </div>
    </div>
  );
}

function Now({ works }: { works: boolean }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [chosen, setChosen] = useState<Row | null>(null);
  const [entry, setEntry] = useState<Level | null>(null);
  const [value, setValue] = useState<number | null>(null);
  const [action, setAction] = useState<string | null>(null);
  const [event, setEvent] = useState(false);
  const list = useLab<{ items: Row[] }>('lab/qc');
  if (list.isPending) return <Loading />;
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const current =
    chosen &&
    (list.data.items.find(
      (row) => row.instrumentId === chosen.instrumentId && row.testCode === chosen.testCode,
    ) ??
      chosen);
  const levels = [...new Set(list.data.items.flatMap((row) => row.levels.map((one) => one.level)))].sort();
  const enter = async () => {
    const done = await act(
      () =>
        post<{ verdict: string; violations: string[]; held: number }>('/api/lab/qc/runs', {
          targetId: entry?.targetId,
          value,
        }),
      (run) =>
        t('said.qc', {
          verdict: t(`verdict.${run.verdict}`),
          rules: run.violations.join(' '),
          held: run.held,
        }),
    );
    if (done === undefined) return;
    setEntry(null);
    setValue(null);
  };
  return (
    <div className="lab-stack">
      {current && works && (
        <div>
          <Button onClick={() => setEvent(true)}>{t('event.add')}</Button>
        </div>
      )}
      {current && event && (
        <EventDialog
          instrumentId={current.instrumentId}
          testCode={current.testCode}
          onClose={() => setEvent(false)}
        />
      )}
      {current && (
        <LeveyJennings
          key={`${current.instrumentId} ${current.testCode}`}
          instrumentId={current.instrumentId}
          testCode={current.testCode}
          title={`${current.instrument} · ${current.testName}`}
        />
      )}
      <ListTable
        name={t('nav.quality')}
        rowKey="key"
        rows={list.data.items.map((row) => ({ ...row, key: `${row.instrumentId} ${row.testCode}` }))}
        empty={t('qc.noControls')}
        onOpen={setChosen}
        columns={[
          { title: t('bench'), text: (row) => benchText(row.bench, t) },
          { title: t('col.instrument'), text: (row) => row.instrument },
          {
            title: t('col.test'),
            text: (row) => row.testName,
            render: (row) => (
              <Button type="link" size="small" onClick={() => setChosen(row)}>
                {row.testName}
              </Button>
            ),
          },
          ...levels.map((n) => ({
            title: t('qc.level', { n }),
            text: (row: Row) =>
              row.levels
                .filter((level) => level.level === n)
                .map((level) => lastRunText(level, t))
                .join('; '),
            render: (row: Row) =>
              row.levels
                .filter((level) => level.level === n)
                .map((level) => (
                  <LastRun
                    key={level.targetId}
                    level={level}
                    works={works}
                    onEnter={setEntry}
                    onAction={setAction}
                  />
                )),
          })),
          {
            title: t('col.state'),
            text: (row) => t(row.hold ? `hold.${row.hold}` : 'qc.inControl'),
            render: (row) =>
              row.hold ? (
                <Tag color="red">{t(`hold.${row.hold}`)}</Tag>
              ) : (
                <span className="hub-tone-done">{t('qc.inControl')}</span>
              ),
          },
        ]}
      />
      <Modal
        open={entry !== null}
        title={t('qc.enter', { level: entry?.level ?? 1 })}
        okButtonProps={{ disabled: value === null, loading: busy }}
        onOk={() => void enter()}
        onCancel={() => setEntry(null)}
        destroyOnHidden
      >
        <p className="hub-quiet">
          {entry && `${t('qc.target')} ${entry.mean ?? '—'} ± ${entry.sd ?? '—'} · ${entry.lot}`}
        </p>
        <InputNumber
          autoFocus
          style={{ width: '100%' }}
          aria-label={t('col.value')}
          value={value}
          onChange={setValue}
          onPressEnter={() => void enter()}
        />
      </Modal>
      {action !== null && <ActionDialog runId={action} onClose={() => setAction(null)} />}
    </div>
  );
}

function lastRunText({ parallel, lot, last }: Level, t: TFunction): string {
  const said = last
    ? `${valueText(last)} ${t(`verdict.${last.verdict}`)} ${last.violations.join(' ')} ${dateTime(last.at)}`
    : t('qc.never');
  return (parallel ? `${t('qc.lotState.parallel')} ${lot} ${said}` : said).replace(/ +/g, ' ');
}

const valueText = ({ value, z }: NonNullable<Level['last']>) =>
  `${Number(value.toPrecision(6))} (${z === null ? '—' : `${z > 0 ? '+' : ''}${z.toFixed(1)}s`})`;

function LastRun({
  level,
  works,
  onEnter,
  onAction,
}: {
  level: Level;
  works: boolean;
  onEnter: (level: Level) => void;
  onAction: (runId: string) => void;
}) {
  const { t } = useTranslation('lab');
  const { last } = level;
  const tone =
    last?.verdict === 'rejected' ? 'hub-tone-breach' : last?.verdict === 'warning' ? 'hub-tone-warn' : '';
  return (
    <div onClick={(event) => event.stopPropagation()}>
      {level.parallel && (
        <span className="hub-quiet">
          {t('qc.lotState.parallel')} {level.lot}{' '}
        </span>
      )}
      {last ? (
        <span className={tone}>
          {valueText(last)} {t(`verdict.${last.verdict}`)} {last.violations.join(' ')}{' '}
          <span className="hub-quiet">{dateTime(last.at)}</span>
        </span>
      ) : (
        <span className="hub-quiet">{t('qc.never')}</span>
      )}
      {works && (
        <Button type="link" size="small" onClick={() => onEnter(level)}>
          {t('qc.add')}
        </Button>
      )}
      {works && last?.verdict === 'rejected' && !last.action && (
        <Button danger type="link" size="small" onClick={() => onAction(last.id)}>
          {t('qc.action')}
        </Button>
      )}
    </div>
  );
}
