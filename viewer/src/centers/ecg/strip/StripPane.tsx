import { Button, Segmented, Space, Table } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Later } from '../../../shell/Later.tsx';
import { Loading } from '../../../shell/states.tsx';
import { pageAt, useTrace } from '../api.ts';
import { Paper } from '../paper/Paper.tsx';
import { PaperToolbar } from '../paper/PaperToolbar.tsx';
import { usePaperView } from '../paper/usePaperView.ts';
import type { Recording, StripEvent } from '../types.ts';
import { isGrave } from './eventColumns.ts';
import { clock } from './clock.ts';
import { FullDisclosure } from './FullDisclosure.tsx';
import { TrendChart } from './TrendChart.tsx';

/** Of the trace, before the page scrolls to it. */
const leastSeenPx = 200;

/** Long recording: rate trend, events, a page of paper at the chosen time, full disclosure; compact on a phone. */
export function StripPane({
  recording,
  atMs,
  setAtMs,
  compact = false,
}: {
  recording: Recording;
  /** The time that is shown. */
  atMs: number;
  setAtMs: (ms: number) => void;
  compact?: boolean;
}) {
  const { t } = useTranslation('ecg');
  const [mode, setMode] = useState<'page' | 'full'>('page');
  const strip = recording.automatic?.longStrip;
  const shown = useRef<HTMLDivElement>(null);
  // whoever chose an event far down the list, or a flag above, sees it
  useEffect(() => {
    const page = shown.current?.getBoundingClientRect();
    const pane = shown.current?.parentElement?.getBoundingClientRect();
    if (page && pane && (page.bottom < pane.top + leastSeenPx || page.top > pane.bottom - leastSeenPx))
      shown.current?.scrollIntoView({ block: 'start' });
  }, [atMs, mode]);
  return (
    <div className="ecg-scroll" style={{ display: 'flex', flexDirection: 'column', gap: 6 }}>
      {strip ? (
        <>
          <p className="hub-num" style={{ margin: 0 }}>
            {t('strip.totals', { ...strip.totals, at: clock(atMs) })}
            {strip.totals.fibrillationEpisodes ? ` · ${t('strip.fibrillation', { ...strip.totals })}` : ''}
          </p>
          <TrendChart strip={strip} durationMs={recording.durationMs} atMs={atMs} go={setAtMs} />
        </>
      ) : (
        <p>{t('strip.measuring')}</p>
      )}
      <Space wrap>
        <Segmented
          size="small"
          value={mode}
          onChange={(value) => setMode(value as 'page' | 'full')}
          options={[
            { value: 'page', label: t('strip.page') },
            { value: 'full', label: t('strip.full') },
          ]}
        />
        <Button
          size="small"
          onClick={() => setAtMs(Math.max(0, atMs - (mode === 'page' ? 10_000 : 600_000)))}
        >
          {t('strip.back')}
        </Button>
        <Button
          size="small"
          onClick={() =>
            setAtMs(Math.min(recording.durationMs - 1000, atMs + (mode === 'page' ? 10_000 : 600_000)))
          }
        >
          {t('strip.forward')}
        </Button>
        <span className="hub-num">
          {clock(atMs)} / {clock(recording.durationMs)}
        </span>
      </Space>
      <div ref={shown}>
        {mode === 'page' ? (
          <StripPage recording={recording} atMs={atMs} setAtMs={setAtMs} compact={compact} />
        ) : (
          <FullDisclosure
            recording={recording}
            atMs={atMs}
            go={(ms) => {
              setAtMs(ms);
              setMode('page');
            }}
          />
        )}
      </div>
      {strip && (
        <Later>
          <EventList
            events={strip.events}
            go={(ms) => {
              setAtMs(Math.max(0, ms - 3000));
              setMode('page');
            }}
          />
        </Later>
      )}
    </div>
  );
}

/** A minute around the chosen time is loaded; panning inside it needs no line. */
function StripPage({
  recording,
  atMs,
  setAtMs,
  compact,
}: {
  recording: Recording;
  atMs: number;
  setAtMs: (ms: number) => void;
  compact: boolean;
}) {
  const { t } = useTranslation('ecg');
  const rate = recording.samplingRateHz;
  const range = pageAt(recording, atMs);
  const trace = useTrace(recording.id, range);
  const [view, change] = usePaperView();
  const [caliper, setCaliper] = useState<'off' | 'measure' | 'march'>('off');
  const derived = useMemo(() => new Set<string>(), []);
  if (!trace.data) return <Loading rows={6} />;
  return (
    <>
      <PaperToolbar
        view={view}
        change={change}
        leads={[...trace.data.leads.keys()]}
        caliper={caliper}
        setCaliper={setCaliper}
        compact={compact}
      />
      <div style={{ display: 'flex', height: 330, flex: 'none' }}>
        <Paper
          trace={trace.data}
          view={view}
          derived={derived}
          beats={recording.automatic?.beats ?? []}
          caliper={caliper}
          offset={Math.max(0, Math.round((atMs / 1000) * rate) - range.from)}
          pan={(offset) => setAtMs(((range.from + offset) / rate) * 1000)}
          label={t('strip.page')}
        />
      </div>
    </>
  );
}

function EventList({ events, go }: { events: StripEvent[]; go: (ms: number) => void }) {
  const { t } = useTranslation('ecg');
  const kinds = [...new Set(events.map((event) => event.kind))];
  // a thousand single beats must not hide the one pause of the night
  const ordered = useMemo(
    () => [...events].sort((a, b) => Number(isGrave(b)) - Number(isGrave(a)) || a.atMs - b.atMs),
    [events],
  );
  return (
    <Table
      size="small"
      rowKey={(event) => `${event.kind}${event.atMs}`}
      dataSource={ordered}
      pagination={{ pageSize: 12, size: 'small', showSizeChanger: false }}
      onRow={(event) => ({
        onClick: () => go(event.atMs),
        tabIndex: 0,
        onKeyDown: (key) => key.key === 'Enter' && go(event.atMs),
        style: { cursor: 'pointer' },
      })}
      columns={[
        { title: t('strip.time'), render: (_, event) => clock(event.atMs), width: 90 },
        {
          title: t('strip.event'),
          render: (_, event) => t(`event.${event.kind}`),
          filters: kinds.map((kind) => ({ value: kind, text: t(`event.${kind}`) })),
          onFilter: (kind, event) => event.kind === kind,
        },
        {
          title: t('strip.value'),
          render: (_, event) =>
            t(`eventValue.${event.kind}`, { value: event.value, duration: clock(event.lengthMs) }),
          align: 'right',
        },
      ]}
    />
  );
}
