import { Segmented, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useEarlier, useRecording, useTrace } from './api.ts';
import { BeatChart } from './measure/BeatChart.tsx';
import { BeatGrid } from './measure/BeatGrid.tsx';
import { Differences, StDifferences } from './measure/Differences.tsx';
import { Paper } from './paper/Paper.tsx';
import { usePaperView } from './paper/usePaperView.ts';
import type { Recording } from './types.ts';

const ways = ['over', 'beside', 'overlay', 'side'] as const;
type How = (typeof ways)[number];

/** Serial comparison with any earlier recording of the patient in the county: side by side, overlaid, differences. */
export function ComparePane({ recording, orderId }: { recording: Recording; orderId: string }) {
  const { t } = useTranslation('ecg');
  const earlier = useEarlier(orderId);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [how, setHow] = useState<How>('over');
  const [lead, setLead] = useState('II');
  const id = chosen ?? earlier.data?.find((entry) => entry.durationMs <= 60_000)?.id ?? earlier.data?.[0]?.id;
  const other = useRecording(id);
  if (earlier.isError) return <Failed error={earlier.error} retry={() => void earlier.refetch()} />;
  if (!earlier.data) return <Loading rows={6} />;
  if (earlier.data.length === 0) return <Empty text={t('compare.none')} />;
  const beat = recording.automatic?.medianBeat;
  const before = other.data?.automatic?.medianBeat;
  const names = beat?.leads.map((entry) => entry.name) ?? [];
  const first = earlier.data.find((entry) => entry.id === id);
  return (
    <div className="ecg-scroll ecg-compare">
      <div className="hub-row" style={{ flexWrap: 'wrap' }}>
        <Select
          size="small"
          aria-label={t('compare.with')}
          value={id}
          onChange={setChosen}
          style={{ minWidth: 280 }}
          options={earlier.data.map((entry) => ({
            value: entry.id,
            label: `${entry.acquiredAt?.replace('T', ' ') ?? dateTime(entry.receivedAt)} · ${entry.institutionName} · ${entry.accessionNumber}`,
          }))}
        />
        <Segmented
          size="small"
          value={how}
          onChange={setHow}
          options={ways.map((value) => ({ value, label: t(`compare.${value}`) }))}
        />
        {how === 'overlay' && (
          <Select
            size="small"
            aria-label={t('median.lead')}
            value={names.includes(lead) ? lead : (names[0] ?? '')}
            onChange={setLead}
            options={names.map((value) => ({ value, label: value }))}
            style={{ width: 84 }}
          />
        )}
      </div>
      {first?.impression && (
        <p className="hub-prewrap">{t('compare.impression', { text: first.impression })}</p>
      )}
      {(how === 'over' || how === 'beside') && beat && before && (
        <div className="ecg-median">
          <BeatGrid now={beat} before={before} how={how} />
          <p className="hub-quiet">{t('compare.legend')}</p>
        </div>
      )}
      {how !== 'side' && other.data && !(beat && before) && (
        <p className="hub-quiet">{t('compare.noBeat')}</p>
      )}
      {how === 'overlay' && beat && before && (
        <div className="ecg-median">
          <BeatChart
            beat={beat}
            shown={[names.includes(lead) ? lead : (names[0] ?? '')]}
            marks={beat.fiducials}
            earlier={before}
          />
          <p className="hub-quiet">{t('compare.legend')}</p>
        </div>
      )}
      {how === 'side' && other.data && (
        <>
          <SmallPaper recording={recording} title={t('compare.now')} />
          <SmallPaper recording={other.data} title={t('compare.before')} />
        </>
      )}
      {other.data && <StDifferences now={recording} before={other.data} />}
      {other.data && <Differences now={recording} before={other.data} />}
    </div>
  );
}

function SmallPaper({ recording, title }: { recording: Recording; title: string }) {
  const [view] = usePaperView();
  const long = recording.durationMs > 60_000;
  const trace = useTrace(
    recording.id,
    long ? { from: 0, to: Math.round(recording.samplingRateHz * 10) } : {},
  );
  const [offset, setOffset] = useState(0);
  const derived = useMemo(
    () => new Set(recording.leads.filter((lead) => lead.derived).map((lead) => lead.name)),
    [recording],
  );
  if (!trace.data) return <Loading rows={4} />;
  return (
    <section aria-label={title}>
      <strong>
        {title} · {recording.acquiredAt?.replace('T', ' ') ?? dateTime(recording.receivedAt)}
      </strong>
      <div style={{ display: 'flex', height: 400, flex: 'none' }}>
        <Paper
          trace={trace.data}
          view={{ ...view, layout: '3x4+1' }}
          derived={derived}
          caliper="off"
          offset={offset}
          pan={setOffset}
          label={title}
        />
      </div>
    </section>
  );
}
