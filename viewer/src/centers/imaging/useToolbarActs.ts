import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ToolKey } from '../../panes/cornerstone/toolGroup.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import type { ToolbarActs } from './toolbar/ToolbarActs.ts';
import type { useCine } from './useCine.ts';
import type { Hanging } from './useHanging.ts';
import type { KeyImages } from './useKeyImages.ts';
import type { RoomLayout } from './useLayout.ts';
import type { useMpr } from './useMpr.ts';
import * as acts from './viewportActs.ts';

interface Input {
  activeId: string;
  activeSet: DisplaySet | undefined;
  todaySets: readonly DisplaySet[];
  pick: (tool: ToolKey) => void;
  room: RoomLayout;
  hanging: Hanging;
  keyImages: KeyImages;
  mpr: ReturnType<typeof useMpr>;
  cine: ReturnType<typeof useCine>;
  unlink: () => void;
  /** What has nothing to do with the active viewport. */
  beside: Pick<
    ToolbarActs,
    'editHanging' | 'link' | 'locate' | 'lines' | 'overlay' | 'planes' | 'calibrate' | 'ratio'
  >;
}

/** What the buttons and keys of the reading room do to the viewport that is active. */
export function useToolbarActs({
  activeId,
  activeSet,
  todaySets,
  pick,
  room,
  hanging,
  keyImages,
  mpr,
  cine,
  unlink,
  beside,
}: Input): ToolbarActs {
  const { t } = useTranslation('imaging');
  const { message } = App.useApp();
  return {
    ...beside,
    tool: pick,
    preset: (preset) => {
      const window = preset.relative ? acts.relativeWindow(activeId, preset) : preset;
      if (!window) return;
      if (mpr.open) mpr.setWindow(window);
      else acts.setWindow(activeId, window.width, window.center);
    },
    mpr: mpr.toggle,
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
      unlink();
      room.change(next);
    },
    rememberLayout: () => {
      // By the set that a protocol is chosen by, not by a prior that the reader happens to point at.
      const first = todaySets.find((set) => set.imageIds.length > 0);
      if (!first) return;
      const images = todaySets.filter((set) => set.imageIds.length > 0).length;
      const priorAt = room.shown.flatMap((id, at) => (room.isPrior(id) ? [at + 1] : []));
      hanging.remember(first, images, room.layout, priorAt).then(
        () => message.success(t('layout.remembered')),
        () => message.error(t('hanging.failed')),
      );
    },
    keyImage: () => {
      if (mpr.open) return void message.info(t('keyImageNotOfMpr'));
      const slice = acts.sliceOf(activeId);
      if (activeSet && slice !== undefined) keyImages.toggle(activeSet, slice, acts.windowOf(activeId));
      else message.info(t('keyImageNeedsImage'));
    },
    cine: cine.toggle,
    rate: cine.change,
  };
}
