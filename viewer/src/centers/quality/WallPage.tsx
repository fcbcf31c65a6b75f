import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useNow } from '../../shell/useNow.ts';
import { RegulatorFigureRow } from './RegulatorFigureRow.tsx';
import { TownMatrix } from './TownMatrix.tsx';
import { useRegulator } from './useRegulator.ts';
import { useSpan } from './useSpan.ts';

/** The regulator's figures for a wall screen: large, without menus, refreshed every minute. */
export default function WallPage() {
  const { t } = useTranslation('quality');
  const [span, , link] = useSpan();
  const figures = useRegulator(span);
  const now = useNow();
  return (
    <main className="hub-page hub-scroll" style={{ zoom: 1.35 }}>
      <div className="hub-bar">
        <h1 className="hub-title">{t('wallTitle')}</h1>
        <span className="hub-grow" />
        <span>{dateTime(new Date(now).toISOString())}</span>
      </div>
      {figures.isPending ? (
        <Loading />
      ) : figures.isError ? (
        <Failed error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <>
          <RegulatorFigureRow figures={figures.data} link={link} />
          <TownMatrix rows={figures.data.matrix} />
        </>
      )}
    </main>
  );
}
