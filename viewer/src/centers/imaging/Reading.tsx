import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { CasePaneProps } from '../contract.ts';
import { DocumentView } from '../../panes/DocumentView.tsx';
import { currentRendering, startEngine, type Rendering } from '../../panes/cornerstone/engine.ts';
import {
  chooseTool,
  onAskLabel,
  showReferenceLines,
  type ToolKey,
} from '../../panes/cornerstone/toolGroup.ts';
import { MprView, type MprWindow } from '../../panes/MprView.tsx';
import { unsuitable } from '../../panes/mpr/volume.ts';
import { StackView } from '../../panes/StackView.tsx';
import { slicePosition, type DisplaySet } from '../../panes/study/displaySets.ts';
import { nearestSlice } from '../../panes/study/nearestSlice.ts';
import { windowPresets } from '../../panes/study/presets.ts';
import { useSession } from '../../shell/session.tsx';
import { DarkRoom } from '../../shell/DarkRoom.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import * as acts from './viewportActs.ts';
import { GradeButton } from './GradeButton.tsx';
import { hang, type Layout } from './hanging.ts';
import { LabelDialog } from './LabelDialog.tsx';
import { measurementsOf, onMeasurements } from './measurements.ts';
import { PriorMenu, usePriors } from './priors.tsx';
import { clearReading, setReading } from './readingStore.ts';
import { ReadingToolbar } from './ReadingToolbar.tsx';
import { SeriesStrip } from './SeriesStrip.tsx';
import { useHanging } from './useHanging.ts';
import { useKeyImages } from './useKeyImages.ts';
import { onSecondScreen } from './screenChannel.ts';
import { prefetchNext } from './prefetchNext.ts';
import { useSecondScreen } from './useSecondScreen.ts';
import { useReadingKeys } from './useReadingKeys.ts';
import { studiesOf, useSeries, type StudyToShow } from './useStudies.ts';

const viewportId = (index: number) => `reading-${index}`;

/** Images of a case: strip of series, viewports, tools. */
export default function Reading({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('imaging');
  const studies = useMemo(() => studiesOf(order), [order]);
  const [rendering, setRendering] = useState<Rendering | null>(currentRendering());
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    startEngine().then(setRendering, setFailure);
  }, []);
  if (failure) return <Failed error={failure} />;
  if (studies.length === 0) return <Empty text={t(order.status === 'requested' ? 'notYet' : 'noImages')} />;
  if (!rendering) return <Loading rows={6} />;
  return (
    <DarkRoom>
      <Room key={order.id} order={order} reload={reload} studies={studies} rendering={rendering} />
    </DarkRoom>
  );
}

interface RoomProps extends CasePaneProps {
  studies: StudyToShow[];
  rendering: Rendering;
}

function Room({ order, reload, studies, rendering }: RoomProps) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [priorUid, setPriorUid] = useState<string | null>(null);
  const today = useSeries(studies);
  const prior = useSeries(useMemo(() => (priorUid ? [{ uid: priorUid }] : []), [priorUid]));
  const priors = usePriors(order);
  const hanging = useHanging();
  const [layout, setLayout] = useState<Layout>({ rows: 1, columns: 1 });
  const [single, setSingle] = useState(false);
  const [shown, setShown] = useState<(string | undefined)[]>([]);
  const [hung, setHung] = useState(false);
  const [active, setActive] = useState(0);
  const [tool, setTool] = useState<ToolKey>('window');
  const [overlay, setOverlay] = useState(true);
  const [linked, setLinked] = useState<Map<number, number> | null>(null);
  const [lines, setLines] = useState(false);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState(15);
  const [slice, setSlice] = useState(0);
  const [asking, setAsking] = useState<((label: string) => void) | null>(null);
  const keyImages = useKeyImages(order);
  const openScreen = useSecondScreen(order.id);
  const client = useQueryClient();
  const session = useSession();
  const [mpr, setMpr] = useState<{ set: DisplaySet; window: MprWindow } | null>(null);
  const [waiting, setWaiting] = useState<ReadonlySet<number>>(new Set());
  const left = useRef<ComponentProps<typeof StackView>['left']>(new Map());

  const todaySets = useMemo(() => today.series.flatMap((series) => series.sets ?? []), [today.series]);
  const priorSets = useMemo(() => prior.series.flatMap((series) => series.sets ?? []), [prior.series]);
  const sets = useMemo(
    () => new Map([...todaySets, ...priorSets].map((set) => [set.id, set])),
    [todaySets, priorSets],
  );
  const complete =
    today.series.length > 0 && today.series.every((series) => series.sets !== null || series.error);

  // The first series is shown at once; the protocol decides again when all are known, unless the reader has chosen.
  useEffect(() => {
    if (hung || todaySets.length === 0) return;
    if (!complete) {
      setShown((before) => (before[0] ? before : [todaySets.find((set) => set.imageIds.length > 0)?.id]));
      return;
    }
    const made = hang(todaySets, hanging.own);
    setLayout(made.layout);
    setShown(made.shown);
    setHung(true);
  }, [hung, complete, todaySets, hanging.own]);

  // A prior that was opened stands at the right of today's images.
  useEffect(() => {
    const first = priorSets.find((set) => set.imageIds.length > 0);
    if (!first || shown.some((id) => priorSets.some((set) => set.id === id))) return;
    setLayout({ rows: 1, columns: 2 });
    setSingle(false);
    setShown((before) => [before[active] ?? before[0], first.id]);
    setActive(0);
  }, [priorSets]);

  useEffect(() => {
    onAskLabel((done) => setAsking(() => done));
    const tell = () => setReading(order.id, { measurements: measurementsOf([...sets.values()], t) });
    const off = onMeasurements(tell);
    return () => {
      off();
      onAskLabel((done) => done(''));
    };
  }, [order.id, sets, t]);
  useEffect(() => () => clearReading(order.id), [order.id]);

  useEffect(() => {
    if (complete) setReading(order.id, { imageIds: todaySets.flatMap((set) => set.imageIds) });
  }, [order.id, complete, todaySets]);

  useEffect(() => {
    if (!complete || !order.atCenter || onSecondScreen()) return;
    const stop = new AbortController();
    const timer = setTimeout(
      () => void prefetchNext(client, order, session.user.name, stop.signal).catch(() => undefined),
      5000,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [complete, order.id]);

  const count = single ? 1 : layout.rows * layout.columns;
  const activeId = viewportId(active);
  const activeSet = sets.get(shown[active] ?? '');
  const presets = windowPresets(activeSet?.modality ?? order.modality ?? '');

  const onQuality = useCallback((index: number, diagnostic: boolean) => {
    setWaiting((before) => {
      if (before.has(index) === !diagnostic) return before;
      const next = new Set(before);
      if (diagnostic) next.delete(index);
      else next.add(index);
      return next;
    });
  }, []);
  useEffect(() => {
    setReading(order.id, { diagnostic: waiting.size === 0 });
  }, [order.id, waiting]);
  useEffect(() => {
    setReading(order.id, { modality: activeSet?.modality ?? '' });
  }, [order.id, activeSet]);
  useEffect(() => {
    if (activeSet?.frameRate) setRate(Math.max(1, Math.min(60, Math.round(activeSet.frameRate))));
    setPlaying(false);
  }, [activeSet]);
  useEffect(() => {
    if (lines) showReferenceLines(true, activeId);
  }, [lines, activeId, shown]);

  const put = useCallback((index: number, setId: string) => {
    acts.stop(viewportId(index));
    setHung(true);
    setShown((before) => {
      const next = [...before];
      next[index] = setId;
      return next;
    });
    setActive(index);
  }, []);
  const step = (by: number) => {
    const order_ = [...todaySets, ...priorSets];
    const at = order_.findIndex((set) => set.id === shown[active]);
    const next = order_[Math.max(0, Math.min(order_.length - 1, at + by))];
    if (next) put(active, next.id);
  };
  const positionsOf = (set: DisplaySet | undefined) =>
    set && set.kind === 'stack' ? set.instances.map(slicePosition) : [];
  const onSlice = (index: number, imageIndex: number) => {
    if (index === active) setSlice(imageIndex);
    if (!linked || index !== active) return;
    const here = positionsOf(sets.get(shown[index] ?? ''))[imageIndex];
    if (here === null || here === undefined) return;
    for (const [other, offset] of linked) {
      if (other === index) continue;
      const base = linked.get(index) ?? 0;
      const target = nearestSlice(positionsOf(sets.get(shown[other] ?? '')), here - base + offset);
      if (target >= 0) acts.scrollTo(viewportId(other), target);
    }
  };
  const toggleLink = () => {
    if (linked) return setLinked(null);
    const offsets = new Map<number, number>();
    for (let i = 0; i < count; i += 1) {
      const at = acts.stackOf(viewportId(i))?.getCurrentImageIdIndex();
      const position = at === undefined ? null : positionsOf(sets.get(shown[i] ?? ''))[at];
      if (position !== null && position !== undefined) offsets.set(i, position);
    }
    if (offsets.size < 2) message.info(t('linkNeedsTwo'));
    else setLinked(offsets);
  };
  const toggleCine = () => {
    if (playing) acts.stop(activeId);
    else acts.play(activeId, rate);
    setPlaying(!playing);
  };
  const pick = (key: ToolKey) => {
    chooseTool(key);
    setTool(key);
  };
  const changeLayout = (next: Layout) => {
    const images = todaySets.filter((set) => set.imageIds.length > 0).map((set) => set.id);
    setSingle(false);
    setHung(true);
    setLayout(next);
    setLinked(null);
    setActive(0);
    setShown((before) => {
      const kept = before.filter((id): id is string => id !== undefined);
      const rest = images.filter((id) => !kept.includes(id));
      return [...kept, ...rest].slice(0, next.rows * next.columns);
    });
  };
  const toolbar = {
    tool: pick,
    preset: (preset: { width: number; center: number }) => {
      if (mpr) setMpr({ ...mpr, window: preset });
      else acts.setWindow(activeId, preset.width, preset.center);
    },
    mpr: () => {
      if (mpr) setMpr(null);
      else if (activeSet)
        setMpr({ set: activeSet, window: acts.windowOf(activeId) ?? { width: 400, center: 40 } });
    },
    defaultWindow: () => acts.defaultWindow(activeId),
    fitWindow: () => acts.fitWindow(activeId),
    invert: () => acts.invert(activeId),
    flip: (axis: 'horizontal' | 'vertical') => acts.flip(activeId, axis),
    rotate: () => acts.rotate(activeId),
    actualSize: () => acts.actualSize(activeId),
    reset: () => acts.reset(activeId),
    undo: acts.undo,
    redo: acts.redo,
    remove: () => acts.removeMeasurement(activeId),
    layout: changeLayout,
    rememberLayout: () => {
      if (!activeSet) return;
      hanging.remember(activeSet, todaySets.filter((set) => set.imageIds.length > 0).length, layout);
      message.success(t('layout.remembered'));
    },
    link: toggleLink,
    lines: () => {
      if (lines) showReferenceLines(false, activeId);
      setLines(!lines);
    },
    overlay: () => setOverlay(!overlay),
    keyImage: () => activeSet && keyImages.toggle(activeSet, slice),
    cine: toggleCine,
    rate: (value: number) => {
      setRate(value);
      if (playing) acts.play(activeId, value);
    },
  };
  useReadingKeys({
    toolbar,
    presets,
    activeId,
    step,
    next: () => setActive((at) => (at + 1) % count),
    single: () => setSingle(!single),
  });

  if (today.error) return <Failed error={today.error} retry={reload} />;
  if (today.pending) return <Loading rows={6} />;
  const order_ = single ? [active] : Array.from({ length: count }, (_, index) => index);
  return (
    <div className="hub-reading">
      <ReadingToolbar
        acts={toolbar}
        tool={tool}
        presets={presets}
        layout={layout}
        linked={linked !== null}
        lines={lines}
        playing={playing}
        rate={rate}
        hasCine={(activeSet?.imageIds.length ?? 0) > 1}
        mpr={mpr !== null}
        canMpr={activeSet !== undefined && unsuitable(activeSet) === null}
        isKeyImage={activeSet ? keyImages.has(activeSet, slice) : false}
      >
        {order.atCenter && !onSecondScreen() && <GradeButton order={order} />}
        {order.atCenter && !onSecondScreen() && (
          <Button size="small" type="text" onClick={openScreen}>
            {t('screen.open')}
          </Button>
        )}
        <PriorMenu
          priors={priors}
          chosen={priorUid}
          onChoose={(each) => {
            setPriorUid(each?.studyUid ?? null);
            setReading(order.id, { prior: each ? { date: each.date, item: each.item } : null });
          }}
        />
        {order.lateInput && (
          <Dropdown menu={{ items: [{ key: 'refresh', label: t('shell:action.refresh') }], onClick: reload }}>
            <Button size="small" danger>
              {t('lateImages')}
            </Button>
          </Dropdown>
        )}
      </ReadingToolbar>
      <div className="hub-reading-body">
        <div className="hub-reading-strip">
          {rendering.mode !== 'gpu' && (
            <div className="hub-tools-note">{t(`rendering.${rendering.mode}`)}</div>
          )}
          <SeriesStrip
            series={today.series}
            shown={shown.filter((id) => id !== undefined)}
            activeSet={shown[active]}
            onChoose={(id) => put(active, id)}
          />
          {priorUid && (
            <SeriesStrip
              title={t('priorOf', { date: priors.find((each) => each.studyUid === priorUid)?.date ?? '' })}
              series={prior.series}
              shown={shown.filter((id) => id !== undefined)}
              activeSet={shown[active]}
              onChoose={(id) => put(Math.min(count - 1, active + 1), id)}
            />
          )}
        </div>
        {mpr && (
          <MprView
            set={mpr.set}
            window={mpr.window}
            invert={false}
            onWindow={(window) => setMpr({ ...mpr, window })}
            onClose={() => setMpr(null)}
          />
        )}
        <div
          className="hub-viewports"
          hidden={mpr !== null}
          style={{
            gridTemplateRows: `repeat(${single ? 1 : layout.rows}, minmax(0, 1fr))`,
            gridTemplateColumns: `repeat(${single ? 1 : layout.columns}, minmax(0, 1fr))`,
          }}
        >
          {(mpr ? [] : order_).map((index) => {
            const set = sets.get(shown[index] ?? '');
            if (!set) {
              return (
                <div
                  key={index}
                  className={`hub-viewport is-empty ${index === active ? 'is-active' : ''}`}
                  onClick={() => setActive(index)}
                  onDragOver={(event) => event.preventDefault()}
                  onDrop={(event) => put(index, event.dataTransfer.getData('application/x-display-set'))}
                >
                  {t('dropHere')}
                </div>
              );
            }
            if (set.imageIds.length === 0) {
              return (
                <div
                  key={index}
                  className={`hub-viewport ${index === active ? 'is-active' : ''}`}
                  onClick={() => setActive(index)}
                >
                  <DocumentView set={set} />
                </div>
              );
            }
            return (
              <StackView
                key={index}
                viewportId={viewportId(index)}
                set={set}
                active={index === active && count > 1}
                overlay={overlay}
                prior={priorSets.includes(set) ? t('prior') : undefined}
                onActivate={() => setActive(index)}
                onToggleSingle={() => {
                  setActive(index);
                  setSingle(!single);
                }}
                onDropSet={(id) => put(index, id)}
                onSlice={(imageIndex) => onSlice(index, imageIndex)}
                onQuality={(diagnostic) => onQuality(index, diagnostic)}
                left={left.current}
              />
            );
          })}
        </div>
      </div>
      <LabelDialog
        open={asking !== null}
        onDone={(label) => {
          asking?.(label);
          setAsking(null);
        }}
      />
    </div>
  );
}
