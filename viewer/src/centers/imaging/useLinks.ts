import { App } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { core, getEngine } from '../../panes/cornerstone/engine.ts';
import { tag, text } from '../../panes/study/dicomJson.ts';
import { slicePosition, type DisplaySet } from '../../panes/study/displaySets.ts';
import { nearestSlice, sameDirection } from '../../panes/study/nearestSlice.ts';
import * as acts from './viewportActs.ts';

/** What viewports do together. */
export type LinkKind = 'scroll' | 'view' | 'window';
export const linkKinds: readonly LinkKind[] = ['scroll', 'view', 'window'];

interface Input {
  count: number;
  active: number;
  setOf: (index: number) => DisplaySet | undefined;
  viewportId: (index: number) => string;
}

export const positionsOf = (set: DisplaySet | undefined) =>
  set?.kind === 'stack' ? set.instances.map(slicePosition) : [];
export const frameOfReference = (set: DisplaySet | undefined) =>
  text(set?.instances[0] ?? {}, tag.frameOfReference);

/**
 * Viewports that move together: slices by position in the patient (between examinations: by the offset that stood when
 * they were linked), zoom and pan, window (within one modality).
 */
export function useLinks({ count, active, setOf, viewportId }: Input) {
  const { t } = useTranslation('imaging');
  const { message } = App.useApp();
  const [on, setOn] = useState<ReadonlySet<LinkKind>>(new Set());
  const [offsets, setOffsets] = useState<ReadonlyMap<number, number>>(new Map());
  const stamp = Array.from({ length: count }, (_, index) => setOf(index)?.id ?? '').join();

  const measureOffsets = (): ReadonlyMap<number, number> => {
    const found = new Map<number, number>();
    const lead = setOf(active)?.instances[0] ?? {};
    for (let index = 0; index < count; index += 1) {
      const at = acts.stackOf(viewportId(index))?.getCurrentImageIdIndex();
      const position = at === undefined ? null : positionsOf(setOf(index))[at];
      if (position === null || position === undefined) continue;
      if (!sameDirection(lead, setOf(index)?.instances[0] ?? {})) continue;
      const shared =
        frameOfReference(setOf(index)) !== '' &&
        frameOfReference(setOf(index)) === frameOfReference(setOf(active));
      found.set(index, shared && index !== active ? NaN : position);
    }
    // Within one frame of reference positions are the patient's own: they need no offset to the active one.
    const base = found.get(active);
    return new Map([...found].map(([index, value]) => [index, Number.isNaN(value) ? (base ?? 0) : value]));
  };
  const toggle = (kinds: readonly LinkKind[]) => {
    const next = new Set(on);
    const adding = kinds.some((kind) => !next.has(kind));
    for (const kind of kinds) if (adding) next.add(kind); else next.delete(kind); // prettier-ignore
    if (adding && count < 2) return void message.info(t('linkNeedsTwo'));
    if (adding && kinds.includes('scroll')) {
      const found = measureOffsets();
      if (found.size < 2) {
        next.delete('scroll');
        if (kinds.length === 1) return void message.info(t('linkNeedsTwo'));
      }
      setOffsets(found);
    }
    setOn(next);
  };

  const onSlice = (index: number, imageIndex: number) => {
    if (!on.has('scroll') || index !== active) return;
    const here = positionsOf(setOf(index))[imageIndex];
    if (here === null || here === undefined) return;
    for (const [other, offset] of offsets) {
      if (other === index) continue;
      const target = nearestSlice(positionsOf(setOf(other)), here - (offsets.get(index) ?? 0) + offset);
      if (target >= 0) acts.scrollTo(viewportId(other), target);
    }
  };

  useEffect(() => {
    const source = getEngine().getViewport(viewportId(active)) as core.StackViewport | undefined;
    const element = source?.element;
    if (!source || !element || (!on.has('view') && !on.has('window'))) return;
    const others = () =>
      Array.from({ length: count }, (_, index) => index)
        .filter((index) => index !== active)
        .flatMap((index) => {
          const viewport = acts.stackOf(viewportId(index));
          return viewport ? [{ viewport, set: setOf(index) }] : [];
        });
    const onCamera = () => {
      for (const { viewport } of others()) {
        viewport.setZoom(source.getZoom());
        viewport.setPan(source.getPan());
        viewport.render();
      }
    };
    const onWindow = () => {
      const { voiRange, invert } = source.getProperties();
      for (const { viewport, set } of others()) {
        if (!voiRange || set?.modality !== setOf(active)?.modality) continue;
        viewport.setProperties({ voiRange, ...(invert === undefined ? {} : { invert }) });
        viewport.render();
      }
    };
    const { CAMERA_MODIFIED, VOI_MODIFIED } = core.Enums.Events;
    if (on.has('view')) element.addEventListener(CAMERA_MODIFIED, onCamera);
    if (on.has('window')) element.addEventListener(VOI_MODIFIED, onWindow);
    return () => {
      element.removeEventListener(CAMERA_MODIFIED, onCamera);
      element.removeEventListener(VOI_MODIFIED, onWindow);
    };
  }, [on, active, count, stamp]);

  return { on, toggle, onSlice, clear: () => setOn(new Set()) };
}
