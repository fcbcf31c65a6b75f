import { useEffect, useRef } from 'react';
import { currentRendering, tools } from '../../panes/cornerstone/engine.ts';
import type { ReportContent } from '../../shell/report/useReport.ts';
import { restoreMeasurements, serializeMeasurements, type StoredMeasurement } from './storedMeasurements.ts';
import { calibrate } from '../../panes/cornerstone/registerMetadata.ts';
import { useReading, type Calibration } from './readingStore.ts';
import { reloadImages } from './viewportActs.ts';

interface Props {
  orderId: string;
  content: ReportContent;
  editable: boolean;
  change: (part: ReportContent) => void;
}

/** Text that is equal for equal values; the database gives names back in an order of its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/**
 * Keeps what was measured with the report: it comes back on reopening, for the verifier too, and the signature
 * freezes it with the text. A report that holds none yet takes them from the study's structured report.
 */
export function MeasurementKeeper({ orderId, content, editable, change }: Props) {
  const reading = useReading(orderId);
  const restored = useRef(false);
  const stored = content.measurements as StoredMeasurement[] | undefined;
  const ready = currentRendering() !== null && reading.imageIds.length > 0;

  useEffect(() => {
    if (restored.current || !ready) return;
    restored.current = true;
    const kept = Array.isArray(content.calibrations) ? (content.calibrations as Calibration[]) : [];
    for (const each of kept) calibrate(each.imageId, each.mm);
    reloadImages(kept.map((each) => each.imageId));
    restoreMeasurements(Array.isArray(stored) ? stored : reading.reported, reading.imageIds);
  }, [ready, stored, reading.imageIds, reading.reported]);

  const now = restored.current
    ? JSON.stringify(
        serializeMeasurements(
          reading.imageIds,
          new Map(reading.measurements.map((each) => [each.uid, each.words])),
        ),
      )
    : null;
  useEffect(() => {
    if (!editable || now === null) return;
    const drawn = JSON.parse(now) as StoredMeasurement[];
    if (canonical(drawn) !== canonical(stored ?? [])) change({ measurements: drawn });
  }, [reading.measurements, editable]);
  useEffect(() => {
    if (editable && reading.calibrations) change({ calibrations: [...reading.calibrations] });
  }, [reading.calibrations, editable]);
  useEffect(
    () => () => {
      // Annotations are global in Cornerstone: they leave with the case.
      if (currentRendering()) tools.annotation.state.removeAllAnnotations();
    },
    [orderId],
  );
  return null;
}
