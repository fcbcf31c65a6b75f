import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { core, tools } from '../../panes/cornerstone/engine.ts';
import { planeOf } from '../../panes/cornerstone/planeOf.ts';
import { calibrate, currentSpacing } from '../../panes/cornerstone/registerMetadata.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { pixelOf } from '../../panes/study/imagePlane.ts';
import { getReading, setReading } from './readingStore.ts';
import { restoreMeasurements, serializeMeasurements } from './storedMeasurements.ts';
import { reloadImages } from './viewportActs.ts';

/** A length drawn along something whose size is known. */
export interface CalibrationLine {
  uid: string;
  imageId: string;
  /** In pixels along and across. */
  pixels: [number, number];
}

/** The last length drawn on this image. */
function lastLine(imageId: string): CalibrationLine | null {
  const line = tools.annotation.state
    .getAllAnnotations()
    .findLast(
      (each) =>
        each.metadata?.referencedImageId === imageId && each.metadata.toolName === tools.LengthTool.toolName,
    );
  const plane = planeOf(imageId);
  const [from, to] = ((line?.data.handles?.points ?? []) as core.Types.Point3[]).map(
    (point) => plane && pixelOf(plane, point),
  );
  if (!line || !from || !to) return null;
  return {
    uid: line.annotationUID ?? '',
    imageId,
    pixels: [to[0] - from[0], to[1] - from[1]],
  };
}

/**
 * Calibration by a line of known length: pixels get a size, everything measured on the image is measured again. Kept
 * with the report.
 */
export function useCalibration(orderId: string, sets: readonly DisplaySet[]) {
  const { t } = useTranslation('imaging');
  const { message } = App.useApp();
  const [line, setLine] = useState<CalibrationLine | null>(null);

  /** Changes the size of a pixel; what is drawn keeps its place on the picture. */
  const set = (imageId: string, mm: [number, number] | null) => {
    const imageIds = [imageId];
    const words = new Map(getReading(orderId).measurements.map((each) => [each.uid, each.words]));
    const drawn = serializeMeasurements(imageIds, words);
    for (const each of drawn) tools.annotation.state.removeAnnotation(each.uid);
    calibrate(imageId, mm);
    restoreMeasurements(drawn, imageIds);
    reloadImages(imageIds);
    const before = getReading(orderId).calibrations ?? [];
    const others = before.filter((each) => each.imageId !== imageId);
    setReading(orderId, { calibrations: mm ? [...others, { imageId, mm }] : others });
  };
  /** The same as one step of the history: what was drawn before it belongs to the earlier size of a pixel. */
  const apply = (imageId: string, mm: [number, number] | null) => {
    const before = getReading(orderId).calibrations?.find((each) => each.imageId === imageId)?.mm ?? null;
    set(imageId, mm);
    core.utilities.HistoryMemo.DefaultHistoryMemo.push({
      restoreMemo: (undo = true) => set(imageId, undo ? before : mm),
    });
  };
  return {
    line,
    start: (set: DisplaySet | undefined, index: number) => {
      const imageId = set?.imageIds[index];
      const found = imageId ? lastLine(imageId) : null;
      if (found) setLine(found);
      else message.info(t('calibration.drawFirst'));
    },
    finish: (lengthMm: number | null) => {
      if (line && lengthMm) {
        const [row, column] = currentSpacing(line.imageId)?.mm ?? [1, 1];
        const now = Math.hypot(line.pixels[0] * column, line.pixels[1] * row);
        if (now > 0) apply(line.imageId, [(row * lengthMm) / now, (column * lengthMm) / now]);
        message.success(t('calibration.done', { mm: lengthMm }));
      }
      setLine(null);
    },
    remove: () => {
      if (line) apply(line.imageId, null);
      setLine(null);
    },
    calibrated: line !== null && currentSpacing(line.imageId)?.source === 'user',
    known: sets.length > 0,
  };
}
