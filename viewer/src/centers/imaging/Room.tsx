import { useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CasePaneProps } from '../contract.ts';
import type { Rendering } from '../../panes/cornerstone/engine.ts';
import {
  chooseTool,
  onAskLabel,
  showReferenceLines,
  type ToolKey,
} from '../../panes/cornerstone/toolGroup.ts';
import { MprView, type MprWindow } from '../../panes/MprView.tsx';
import { unsuitable } from '../../panes/mpr/volume.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { windowPresets } from '../../panes/study/presets.ts';
import { Later } from '../../shell/Later.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { useSession } from '../../shell/session.tsx';
import * as acts from './viewportActs.ts';
import { CalibrationDialog } from './CalibrationDialog.tsx';
import { CaseMenu } from './CaseMenu.tsx';
import { GradeButton } from './GradeButton.tsx';
import { HangingDialog } from './HangingDialog.tsx';
import { LabelDialog } from './LabelDialog.tsx';
import { measurementsOf, onMeasurements } from './measurements.ts';
import { PriorMenu, usePriors, type Prior } from './priors.tsx';
import { clearReading, setReading, useReading } from './readingStore.ts';
import { SeriesStrip } from './SeriesStrip.tsx';
import { createSliceBell } from './sliceBell.ts';
import { ReadingToolbar } from './toolbar/ReadingToolbar.tsx';
import type { ToolbarActs } from './toolbar/ToolbarActs.ts';
import { useCalibration } from './useCalibration.ts';
import { useHanging } from './useHanging.ts';
import { useKeyImages } from './useKeyImages.ts';
import { useLayout, viewportId } from './useLayout.ts';
import { linkKinds, useLinks } from './useLinks.ts';
import { useLocate } from './useLocate.ts';
import { useQuality } from './useQuality.ts';
import { useRatio } from './useRatio.ts';
import { useReported } from './useReported.ts';
import { onSecondScreen } from './screenChannel.ts';
import { prefetch } from './prefetch.ts';
import { useSharedMeasurements } from './useSharedMeasurements.ts';
import { useSecondScreen } from './useSecondScreen.ts';
import { useReadingKeys } from './useReadingKeys.ts';
import type { StudyToShow } from './studies.ts';
import { useSeries } from './useStudies.ts';
import { Viewports } from './Viewports.tsx';

interface Props extends CasePaneProps {
  studies: StudyToShow[];
  rendering: Rendering;
}

/** The reading room of one case. */
export function Room({ order, reload, studies, rendering }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [priorUid, setPriorUid] = useState<string | null>(null);
  const today = useSeries(studies);
  const prior = useSeries(useMemo(() => (priorUid ? [{ uid: priorUid }] : []), [priorUid]));
  const knownPriors = usePriors(order);
  const priors = useMemo(() => knownPriors ?? [], [knownPriors]);
  const hanging = useHanging();
  const [tool, setTool] = useState<ToolKey>('window');
  const [overlay, setOverlay] = useState(true);
  const [planes, setPlanes] = useState(true);
  const [lines, setLines] = useState(false);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState(15);
  const [slices] = useState(createSliceBell);
  const [asking, setAsking] = useState<((label: string) => void) | null>(null);
  const [editing, setEditing] = useState(false);
  const [mpr, setMpr] = useState<{ set: DisplaySet; window: MprWindow } | null>(null);
  const keyImages = useKeyImages(order);
  const openScreen = useSecondScreen(order.id);
  const client = useQueryClient();
  const session = useSession();

  const todaySets = useMemo(() => today.series.flatMap((series) => series.sets ?? []), [today.series]);
  const priorSets = useMemo(() => prior.series.flatMap((series) => series.sets ?? []), [prior.series]);
  const sets = useMemo(
    () => new Map([...todaySets, ...priorSets].map((set) => [set.id, set])),
    [todaySets, priorSets],
  );
  const complete =
    today.series.length > 0 && today.series.every((series) => series.sets !== null || series.error);

  const choosePrior = (each: Prior | null) => {
    setPriorUid(each?.studyUid ?? null);
    setReading(order.id, {
      prior: each
        ? { orderId: each.orderId, date: each.date, item: each.item, institutionName: each.institutionName }
        : null,
    });
  };
  const room = useLayout({
    todaySets,
    priorSets,
    complete,
    hanging,
    onWantPrior: () => {
      const same = priors.find(
        (each) => each.bodyPart === order.bodyPart && each.modality === order.modality,
      );
      if (same) choosePrior(same);
    },
  });
  const { active, count } = room;
  const activeId = viewportId(active);
  const setOf = (index: number) => sets.get(room.shown[index] ?? '');
  const activeSet = setOf(active);
  const links = useLinks({ count, active, setOf, viewportId });
  const locate = useLocate({ count, setOf, viewportId });
  const calibration = useCalibration(order.id, todaySets);
  const pick = (key: ToolKey) => {
    chooseTool(key);
    setTool(key);
  };
  const ratio = useRatio(() => pick('window'));
  const presets = windowPresets(activeSet?.modality ?? order.modality ?? '');
  useReported(order, complete, todaySets, priorSets);
  const quality = useQuality(order.id, today, prior);
  const imageIds = useMemo(() => todaySets.flatMap((set) => set.imageIds), [todaySets]);
  useSharedMeasurements(order.id, complete, imageIds);
  const { drawn } = useReading(order.id);

  useEffect(() => {
    onAskLabel((done) => setAsking(() => done));
    const tell = () => setReading(order.id, { measurements: measurementsOf([...sets.values()], t) });
    const off = onMeasurements(tell);
    if (drawn > 0) tell();
    return () => {
      off();
      onAskLabel((done) => done(''));
    };
  }, [order.id, sets, t, drawn]);
  useEffect(() => () => clearReading(order.id), [order.id]);

  useEffect(() => {
    if (!complete || !order.atCenter || onSecondScreen()) return;
    const stop = new AbortController();
    const timer = setTimeout(
      () => void prefetch(client, order, session.user.name, stop.signal).catch(() => undefined),
      3000,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [complete, order.id]);

  useEffect(() => {
    setReading(order.id, { modality: activeSet?.modality ?? '' });
  }, [order.id, activeSet]);
  useEffect(() => {
    if (activeSet?.frameRate) setRate(Math.max(1, Math.min(60, Math.round(activeSet.frameRate))));
    setPlaying(false);
  }, [activeSet]);
  useEffect(() => {
    if (!lines) return;
    const show = () => showReferenceLines(true, activeId);
    show();
    // The tool follows the camera alone, which the CPU path leaves where it was when the slice changes.
    return slices.listen(show);
  }, [lines, activeId, room.shown, slices]);

  const isKeyImage = () => {
    const slice = acts.sliceOf(activeId);
    return activeSet !== undefined && slice !== undefined && keyImages.has(activeSet, slice);
  };
  const toolbar: ToolbarActs = {
    tool: pick,
    preset: (preset) => {
      const window = preset.relative ? acts.relativeWindow(activeId, preset) : preset;
      if (!window) return;
      if (mpr) setMpr({ ...mpr, window });
      else acts.setWindow(activeId, window.width, window.center);
    },
    mpr: () => {
      if (mpr) setMpr(null);
      else if (activeSet)
        setMpr({ set: activeSet, window: acts.windowOf(activeId) ?? { width: 400, center: 40 } });
    },
    defaultWindow: () => acts.defaultWindow(activeId),
    fitWindow: () => acts.fitWindow(activeId),
    invert: () => acts.invert(activeId),
    flip: (axis) => acts.flip(activeId, axis),
    rotate: () => acts.rotate(activeId),
    actualSize: () => acts.actualSize(activeId),
    reset: () => acts.reset(activeId),
    undo: acts.undo,
    redo: acts.redo,
    remove: () => acts.removeMeasurement(activeId),
    layout: (next) => {
      links.clear();
      room.change(next);
    },
    rememberLayout: () => {
      if (!activeSet) return;
      const images = todaySets.filter((set) => set.imageIds.length > 0).length;
      hanging.remember(activeSet, images, room.layout).then(
        () => message.success(t('layout.remembered')),
        () => message.error(t('hanging.failed')),
      );
    },
    editHanging: () => setEditing(true),
    link: links.toggle,
    locate: locate.toggle,
    lines: () => {
      if (lines) showReferenceLines(false, activeId);
      setLines(!lines);
    },
    overlay: () => setOverlay(!overlay),
    planes: () => setPlanes(!planes),
    keyImage: () => {
      const slice = acts.sliceOf(activeId);
      if (activeSet && slice !== undefined) keyImages.toggle(activeSet, slice, acts.windowOf(activeId));
      else message.info(t('keyImageNeedsImage'));
    },
    calibrate: () => calibration.start(activeSet, acts.sliceOf(activeId) ?? 0),
    ratio: () => {
      setTool('length');
      ratio.toggle();
    },
    cine: () => {
      if (playing) acts.stop(activeId);
      else acts.play(activeId, rate);
      setPlaying(!playing);
    },
    rate: (value) => {
      setRate(value);
      if (playing) acts.play(activeId, value);
    },
  };
  useReadingKeys({
    toolbar,
    presets,
    activeId,
    step: room.step,
    next: room.next,
    single: room.toggleSingle,
    linkAll: () => links.toggle(linkKinds),
  });

  if (today.error) return <Failed error={today.error} retry={reload} />;
  if (today.pending) return <Loading rows={6} />;
  const shownIds = room.shown.filter((id) => id !== undefined);
  return (
    <div className="hub-reading">
      <Later meanwhile={<div className="hub-tools" />}>
        <ReadingToolbar
          acts={toolbar}
          tool={tool}
          presets={presets}
          layout={room.layout}
          linked={links.on}
          locating={locate.locating}
          measuringRatio={ratio.active}
          lines={lines}
          playing={playing}
          rate={rate}
          hasCine={(activeSet?.imageIds.length ?? 0) > 1}
          mpr={mpr !== null}
          canMpr={activeSet !== undefined && unsuitable(activeSet) === null}
          slices={slices}
          isKeyImage={isKeyImage}
        >
          {order.atCenter && !onSecondScreen() && (
            <>
              <GradeButton order={order} reload={reload} />
              <CaseMenu
                order={order}
                reload={reload}
                keyImages={keyImages}
                images={imageIds}
                openScreen={openScreen}
              />
            </>
          )}
          <PriorMenu priors={priors} chosen={priorUid} onChoose={choosePrior} />
          {order.lateInput && (
            <Button size="small" danger onClick={reload} title={t('shell:action.refresh')}>
              {t('lateImages')}
            </Button>
          )}
        </ReadingToolbar>
      </Later>
      <div className="hub-reading-body">
        <div className="hub-reading-strip">
          {rendering.mode !== 'gpu' && (
            <div className="hub-tools-note">{t(`rendering.${rendering.mode}`)}</div>
          )}
          <SeriesStrip
            series={today.series}
            shown={shownIds}
            activeSet={room.shown[active]}
            onChoose={(id) => room.put(active, id)}
          />
          {priorUid && (
            <SeriesStrip
              title={t('priorOf', { date: priors.find((each) => each.studyUid === priorUid)?.date ?? '' })}
              series={prior.series}
              shown={shownIds}
              activeSet={room.shown[active]}
              onChoose={(id) => room.put(Math.min(count - 1, active + 1), id)}
            />
          )}
        </div>
        {mpr && (
          <MprView
            set={mpr.set}
            onQuality={quality.ofMpr}
            window={mpr.window}
            invert={false}
            onWindow={(window) => setMpr({ ...mpr, window })}
            onClose={() => setMpr(null)}
          />
        )}
        <Viewports
          room={room}
          sets={sets}
          priorSets={priorSets}
          overlay={overlay}
          planes={planes}
          hidden={mpr !== null}
          point={locate.point}
          onPoint={locate.locating ? locate.locate : undefined}
          onQuality={quality.ofViewport}
          onSlice={(index, imageIndex) => {
            if (index === active) slices.ring();
            links.onSlice(index, imageIndex);
          }}
        />
      </div>
      <LabelDialog
        open={asking !== null}
        onDone={(label) => {
          asking?.(label);
          setAsking(null);
        }}
      />
      <CalibrationDialog
        open={calibration.line !== null}
        calibrated={calibration.calibrated}
        onDone={calibration.finish}
        onRemove={calibration.remove}
      />
      <HangingDialog
        open={editing}
        own={hanging.own}
        onSave={hanging.save}
        onClose={() => setEditing(false)}
      />
    </div>
  );
}
