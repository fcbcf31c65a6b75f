import { Alert, Select, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import type { CasePaneProps } from '../contract.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { useRecording, useTrace } from './api.ts';
import { ComparePane } from './ComparePane.tsx';
import { FlagBar } from './FlagBar.tsx';
import { differenceText } from './differenceText.ts';
import './ecg.css';
import { MedianPane } from './measure/MedianPane.tsx';
import { ValuesTable } from './measure/ValuesTable.tsx';
import { Paper } from './paper/Paper.tsx';
import { PaperToolbar } from './paper/PaperToolbar.tsx';
import { usePaperView } from './paper/usePaperView.ts';
import { recordingLabel, SplitButton } from './SplitButton.tsx';
import { StripPane } from './strip/StripPane.tsx';
import { TechniqueLine } from './TechniqueLine.tsx';
import type { Recording, RecordingSummary } from './types.ts';

/** Left half of an ECG case: the recording on paper, its measurements, the earlier ones. */
export default function Reading({ order, reload }: CasePaneProps) {
  const { t } = useTranslation(['ecg', 'shell']);
  const recordings = useMemo(() => (order.input?.recordings ?? []) as RecordingSummary[], [order.input]);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const id = chosen ?? recordings[0]?.id;
  const recording = useRecording(id);
  if (recordings.length === 0) return <Empty text={t('ecg:noRecording')} />;
  if (recording.isError) return <Failed error={recording.error} retry={() => void recording.refetch()} />;
  if (!recording.data) return <Loading rows={10} />;
  const differences = recordings.find((entry) => entry.id === id)?.differences ?? [];
  return (
    <div className="ecg-reading">
      {recordings.length > 1 && (
        <Select
          size="small"
          value={id}
          onChange={setChosen}
          aria-label={t('ecg:recordingOf')}
          options={recordings.map((entry) => ({
            value: entry.id,
            label: recordingLabel(entry, t),
          }))}
          style={{ margin: 6, maxWidth: 320 }}
        />
      )}
      {differences.length > 0 && (
        <Alert
          type="error"
          showIcon
          banner
          title={t('ecg:patientDiffers', {
            what: differenceText(differences, t),
          })}
        />
      )}
      <RecordingView
        key={recording.data.id}
        recording={recording.data}
        order={order}
        reload={() => {
          void recording.refetch();
          reload();
        }}
      />
    </div>
  );
}

function RecordingView({
  recording,
  order,
  reload,
}: {
  recording: Recording;
  order: Order;
  reload: () => void;
}) {
  const { t } = useTranslation('ecg');
  const long = recording.durationMs > 60_000;
  const [tab, setTab] = useState(long ? 'strip' : 'paper');
  const [atMs, setAtMs] = useState(0);
  const split = <SplitButton order={order} reload={reload} />;
  if (recording.picture)
    return (
      <>
        <div className="ecg-picture-acts">{split}</div>
        {recording.picture === 'application/pdf' ? (
          <iframe
            className="ecg-picture"
            title={t('picture')}
            src={`/api/ecg/recordings/${recording.id}/original`}
          />
        ) : (
          <img
            className="ecg-picture"
            alt={t('picture')}
            src={`/api/ecg/recordings/${recording.id}/original`}
          />
        )}
      </>
    );
  return (
    <>
      <FlagBar
        recording={recording}
        orderId={order.id}
        reload={reload}
        {...(long && {
          go: (ms: number) => {
            setAtMs(ms);
            setTab('strip');
          },
        })}
      />
      <Tabs
        className="ecg-tabs"
        size="small"
        activeKey={tab}
        onChange={setTab}
        destroyOnHidden
        tabBarExtraContent={split}
        tabBarStyle={{ paddingInline: 8, marginBottom: 0 }}
        items={[
          ...(long
            ? [
                {
                  key: 'strip',
                  label: t('tab.strip'),
                  children: <StripPane recording={recording} atMs={atMs} setAtMs={setAtMs} />,
                },
              ]
            : [{ key: 'paper', label: t('tab.paper'), children: <PaperTab recording={recording} /> }]),
          {
            key: 'values',
            label: t('tab.values'),
            children: (
              <div className="ecg-scroll">
                <ValuesTable recording={recording} />
              </div>
            ),
          },
          {
            key: 'median',
            label: t('tab.median'),
            children: <MedianPane recording={recording} reload={reload} />,
            disabled: !recording.automatic?.medianBeat,
          },
          {
            key: 'compare',
            label: t('tab.compare'),
            children: <ComparePane recording={recording} orderId={order.id} />,
          },
        ]}
      />
      <TechniqueLine recording={recording} />
    </>
  );
}

function PaperTab({ recording }: { recording: Recording }) {
  const { t } = useTranslation('ecg');
  const trace = useTrace(recording.id);
  const [view, change] = usePaperView();
  const [caliper, setCaliper] = useState<'off' | 'measure' | 'march'>('off');
  const [offset, setOffset] = useState(0);
  const derived = useMemo(
    () => new Set(recording.leads.filter((lead) => lead.derived).map((lead) => lead.name)),
    [recording],
  );
  useKeys({
    '1': { label: t('keys.speed25'), run: () => change({ mmPerSecond: 25 }) },
    '5': { label: t('keys.speed50'), run: () => change({ mmPerSecond: 50 }) },
    c: { label: t('keys.caliper'), run: () => setCaliper((now) => (now === 'measure' ? 'off' : 'measure')) },
    m: { label: t('keys.march'), run: () => setCaliper((now) => (now === 'march' ? 'off' : 'march')) },
    // before it leaves the case
    ...(caliper !== 'off' && { escape: { label: t('keys.caliperOff'), run: () => setCaliper('off') } }),
    '=': { label: t('keys.zoomIn'), run: () => change({ zoom: Math.min(4, view.zoom * 1.25) }) },
    '-': { label: t('keys.zoomOut'), run: () => change({ zoom: Math.max(0.5, view.zoom / 1.25) }) },
  });
  if (trace.isError) return <Failed error={trace.error} retry={() => void trace.refetch()} />;
  if (!trace.data) return <Loading rows={10} />;
  return (
    <div className="ecg-reading">
      <PaperToolbar
        view={view}
        change={change}
        leads={[...trace.data.leads.keys()]}
        caliper={caliper}
        setCaliper={setCaliper}
      />
      <Paper
        trace={trace.data}
        view={view}
        derived={derived}
        beats={recording.automatic?.beats ?? []}
        caliper={caliper}
        offset={offset}
        pan={setOffset}
        label={t('paper.label', { leads: trace.data.leads.size })}
      />
    </div>
  );
}
