import { Button } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CasePaneProps } from '../contract.ts';
import type { Rendering } from '../../panes/cornerstone/engine.ts';
import { chooseTool, measuring, type ToolKey } from '../../panes/cornerstone/toolGroup.ts';
import { MprView } from '../../panes/MprView.tsx';
import { unsuitable } from '../../panes/mpr/volume.ts';
import { windowPresets } from '../../panes/study/presets.ts';
import { Later } from '../../shell/Later.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import * as acts from './viewportActs.ts';
import { CalibrationDialog } from './CalibrationDialog.tsx';
import { CaseMenu } from './CaseMenu.tsx';
import { GradeButton } from './GradeButton.tsx';
import { HangingDialog } from './HangingDialog.tsx';
import { LabelDialog } from './LabelDialog.tsx';
import { PriorMenu, sameRegion, usePriors, type Prior } from './priors.tsx';
import { setReading } from './readingStore.ts';
import { SeriesStrips } from './SeriesStrips.tsx';
import { createSliceBell } from './sliceBell.ts';
import { ReadingToolbar } from './toolbar/ReadingToolbar.tsx';
import { useCalibration } from './useCalibration.ts';
import { useCine } from './useCine.ts';
import { useHanging } from './useHanging.ts';
import { useKeyImages } from './useKeyImages.ts';
import { useLayout, viewportId } from './useLayout.ts';
import { linkKinds, useLinks } from './useLinks.ts';
import { useLocate } from './useLocate.ts';
import { useMeasurementFeed } from './useMeasurementFeed.ts';
import { useMpr } from './useMpr.ts';
import { usePrefetch } from './usePrefetch.ts';
import { useQuality } from './useQuality.ts';
import { useRatio } from './useRatio.ts';
import { useReferenceLines } from './useReferenceLines.ts';
import { useReported } from './useReported.ts';
import { onSecondScreen } from './screenChannel.ts';
import { useSharedMeasurements } from './useSharedMeasurements.ts';
import { useShownImages } from './useShownImages.ts';
import { useSecondScreen } from './useSecondScreen.ts';
import { useReadingKeys } from './useReadingKeys.ts';
import { useToolbarActs } from './useToolbarActs.ts';
import { SplitButton } from './SplitButton.tsx';
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
  const [priorUid, setPriorUid] = useState<string | null>(null);
  const today = useSeries(studies);
  const prior = useSeries(useMemo(() => (priorUid ? [{ uid: priorUid }] : []), [priorUid]));
  const knownPriors = usePriors(order);
  const priors = useMemo(() => knownPriors ?? [], [knownPriors]);
  const hanging = useHanging();
  const [tool, setTool] = useState<ToolKey>('window');
  const [overlay, setOverlay] = useState(true);
  const [planes, setPlanes] = useState(true);
  const [slices] = useState(createSliceBell);
  const [editing, setEditing] = useState(false);
  const keyImages = useKeyImages(order);
  const openScreen = useSecondScreen(order.id, order.status);

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
  const [wantsPrior, setWantsPrior] = useState(false);
  const room = useLayout({
    todaySets,
    priorSets,
    complete,
    priorOpen: priorUid !== null,
    priorComplete: prior.series.every((series) => series.sets !== null || series.error),
    hanging,
    onWantPrior: () => setWantsPrior(true),
  });
  // The protocol may ask before the hub has said which priors there are.
  useEffect(() => {
    if (!wantsPrior || !knownPriors) return;
    setWantsPrior(false);
    const same = sameRegion(knownPriors, order);
    if (same && !priorUid) choosePrior(same);
    else if (!same) room.keepNothing();
  }, [wantsPrior, knownPriors]);
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
  const shownImages = useShownImages(order.id);
  const imageIds = useMemo(() => todaySets.flatMap((set) => set.imageIds), [todaySets]);
  useSharedMeasurements(order.id, complete, imageIds);
  const label = useMeasurementFeed(order.id, sets);
  usePrefetch(order, complete);
  const cine = useCine(activeId, activeSet);
  const lines = useReferenceLines(activeId, room.shown, slices);
  const mpr = useMpr(activeId, activeSet);
  useEffect(() => {
    setReading(order.id, { modality: activeSet?.modality ?? '' });
  }, [order.id, activeSet]);

  const isKeyImage = () => {
    const slice = acts.sliceOf(activeId);
    return activeSet !== undefined && slice !== undefined && keyImages.has(activeSet, slice);
  };
  /** What Escape ends: the nearest thing first, at last the tool that measures. */
  const escapeOf = (): (() => void) | null => {
    if (mpr.open) return mpr.close;
    if (locate.locating) return locate.toggle;
    if (!ratio.active && !measuring.includes(tool)) return null;
    return () => {
      if (ratio.active) ratio.toggle();
      acts.giveUpDrawing(activeId);
      pick('window');
    };
  };
  const toolbar = useToolbarActs({
    activeId,
    activeSet,
    todaySets,
    pick,
    room,
    hanging,
    keyImages,
    mpr,
    cine,
    unlink: links.clear,
    beside: {
      editHanging: () => setEditing(true),
      link: links.toggle,
      locate: locate.toggle,
      lines: lines.toggle,
      overlay: () => setOverlay(!overlay),
      planes: () => setPlanes(!planes),
      calibrate: () => calibration.start(activeSet, acts.sliceOf(activeId) ?? 0),
      ratio: () => {
        setTool('length');
        ratio.toggle();
      },
    },
  });
  useReadingKeys({
    toolbar,
    presets,
    activeId,
    step: room.step,
    next: room.next,
    single: room.toggleSingle,
    linkAll: () => links.toggle(linkKinds),
    end: escapeOf(),
  });

  if (today.error) return <Failed error={today.error} retry={reload} />;
  if (today.pending) return <Loading rows={6} />;
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
          lines={lines.on}
          playing={cine.playing}
          rate={cine.rate}
          hasCine={(activeSet?.imageIds.length ?? 0) > 1}
          mpr={mpr.open !== null}
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
          {!order.atCenter && !onSecondScreen() && <SplitButton order={order} reload={reload} />}
          <PriorMenu priors={priors} chosen={priorUid} onChoose={choosePrior} />
          {order.lateInput && (
            <Button size="small" danger onClick={reload} title={t('shell:action.refresh')}>
              {t('lateImages')}
            </Button>
          )}
        </ReadingToolbar>
      </Later>
      <div className="hub-reading-body">
        <SeriesStrips
          rendering={rendering}
          today={today.series}
          prior={prior.series}
          priorDate={priorUid ? (priors.find((each) => each.studyUid === priorUid)?.date ?? '') : null}
          room={room}
        />
        {mpr.open && (
          <MprView
            set={mpr.open.set}
            onQuality={quality.ofMpr}
            onVolume={shownImages.onVolume}
            window={mpr.open.window}
            invert={false}
            onWindow={mpr.setWindow}
            onClose={mpr.close}
          />
        )}
        <Viewports
          room={room}
          sets={sets}
          priorSets={priorSets}
          overlay={overlay}
          planes={planes}
          hidden={mpr.open !== null}
          point={locate.point}
          onPoint={locate.locating ? locate.locate : undefined}
          onQuality={quality.ofViewport}
          onFullImage={shownImages.onFullImage}
          failure={today.failure}
          onRetry={today.retry}
          onTakeKeyImages={
            order.atCenter && !order.finalAt ? (images) => void keyImages.take(images) : undefined
          }
          onSlice={(index, imageIndex) => {
            if (index === active) slices.ring();
            links.onSlice(index, imageIndex);
          }}
        />
      </div>
      <LabelDialog open={label.asking} onDone={label.answer} />
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
