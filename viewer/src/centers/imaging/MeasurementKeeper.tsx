import { useEffect, useRef } from 'react';
import { currentRendering, tools } from '../../panes/cornerstone/engine.ts';
import type { ReportContent } from '../../shell/report/useReport.ts';
import { restoreMeasurements, serializeMeasurements, type StoredMeasurement } from './storedMeasurements.ts';
import { useReading } from './readingStore.ts';

interface Props {
  orderId: string;
  content: ReportContent;
  editable: boolean;
  change: (part: ReportContent) => void;
}

/**
 * Keeps what was measured with the report: it comes back on reopening, for the verifier too, and the signature
 * freezes it with the text.
 */
export function MeasurementKeeper({ orderId, content, editable, change }: Props) {
  const reading = useReading(orderId);
  const restored = useRef(false);
  const stored = content.measurements as StoredMeasurement[] | undefined;
  const ready = currentRendering() !== null && reading.imageIds.length > 0;

  useEffect(() => {
    if (restored.current || !ready) return;
    restored.current = true;
    if (Array.isArray(stored)) restoreMeasurements(stored, reading.imageIds);
  }, [ready, stored, reading.imageIds]);

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
    if (now !== JSON.stringify(stored ?? []))
      change({ measurements: JSON.parse(now) as StoredMeasurement[] });
  }, [reading.measurements, editable]);
  useEffect(
    () => () => {
      // Annotations are global in Cornerstone: they leave with the case.
      if (currentRendering()) tools.annotation.state.removeAllAnnotations();
    },
    [orderId],
  );
  return null;
}
