import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CasePaneProps } from '../contract.ts';
import { currentRendering, startEngine, type Rendering } from '../../panes/cornerstone/engine.ts';
import { installProof } from '../../panes/cornerstone/proof.ts';
import { DarkRoom } from '../../shell/DarkRoom.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { setReading } from './readingStore.ts';
import { Room } from './Room.tsx';
import { studiesOf } from './studies.ts';

/** Images of a case: strip of series, viewports, tools. */
export default function Reading({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('imaging');
  const studies = useMemo(() => studiesOf(order), [order]);
  const [rendering, setRendering] = useState<Rendering | null>(currentRendering());
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    startEngine().then((found) => {
      installProof();
      setRendering(found);
    }, setFailure);
  }, []);
  const none = studies.length === 0;
  useEffect(() => {
    if (failure || none) setReading(order.id, { quality: failure ? 'failed' : 'none' });
  }, [order.id, failure, none]);
  if (failure) return <Failed error={failure} />;
  if (none) return <Empty text={t(order.status === 'requested' ? 'notYet' : 'noImages')} />;
  if (!rendering) return <Loading rows={6} />;
  return (
    <DarkRoom>
      <Room key={order.id} order={order} reload={reload} studies={studies} rendering={rendering} />
    </DarkRoom>
  );
}
