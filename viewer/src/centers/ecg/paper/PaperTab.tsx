import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed, Loading } from '../../../shell/states.tsx';
import { useKeys } from '../../../shell/useKeys.ts';
import { useTrace } from '../api.ts';
import type { Recording } from '../types.ts';
import { Paper } from './Paper.tsx';
import { PaperToolbar } from './PaperToolbar.tsx';
import { usePaperView } from './usePaperView.ts';

/** A recording of seconds on its paper, with the tools and keys of reading. */
export function PaperTab({ recording }: { recording: Recording }) {
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
