import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onAskLabel } from '../../panes/cornerstone/toolGroup.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { measurementsOf, onMeasurements } from './measurements.ts';
import { clearReading, setReading, useReading } from './readingStore.ts';

/** Tells the report what is measured on the images, and asks the words of an arrow. */
export function useMeasurementFeed(orderId: string, sets: ReadonlyMap<string, DisplaySet>) {
  const { t } = useTranslation(['imaging', 'shell']);
  const [asking, setAsking] = useState<((label: string) => void) | null>(null);
  const { drawn } = useReading(orderId);
  useEffect(() => {
    onAskLabel((done) => setAsking(() => done));
    const tell = () => setReading(orderId, { measurements: measurementsOf([...sets.values()], t) });
    const off = onMeasurements(tell);
    if (drawn > 0) tell();
    return () => {
      off();
      onAskLabel((done) => done(''));
    };
  }, [orderId, sets, t, drawn]);
  useEffect(() => () => clearReading(orderId), [orderId]);
  return {
    asking: asking !== null,
    answer: (label: string) => {
      asking?.(label);
      setAsking(null);
    },
  };
}
