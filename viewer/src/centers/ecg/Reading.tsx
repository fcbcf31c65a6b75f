import { Alert, Select, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import type { CasePaneProps } from '../contract.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useRecording } from './api.ts';
import { ComparePane } from './ComparePane.tsx';
import { FlagBar } from './FlagBar.tsx';
import { differenceText } from './differenceText.ts';
import './ecg.css';
import { MedianPane } from './measure/MedianPane.tsx';
import { ValuesTable } from './measure/ValuesTable.tsx';
import { PaperTab } from './paper/PaperTab.tsx';
import { PicturePane } from './paper/PicturePane.tsx';
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
        <PicturePane recording={recording} />
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
