import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Failed, Loading } from '../../../shell/states.tsx';
import { useBoard } from '../useSterilization.ts';
import { BeginForm } from './BeginForm.tsx';
import { STATIONS, WAITS_IN } from './stationKinds.ts';
import '../sterilization.css';

/** Choose the station this machine stands at; each shows how many packs wait there. */
export default function StationsPage() {
  const { t } = useTranslation('sterilization');
  const board = useBoard();
  if (board.isPending) return <Loading />;
  if (board.isError) return <Failed error={board.error} retry={() => void board.refetch()} />;
  return (
    <div className="hub-page">
      <h1>{t('nav.stations')}</h1>
      <p className="hub-quiet">{t('station.choose')}</p>
      <div className="cssd-tiles">
        {STATIONS.map((kind) => {
          const steps = board.data.steps.filter((step) => WAITS_IN[kind].includes(step.state));
          const waiting = steps.reduce((sum, step) => sum + step.packs, 0);
          const urgent = steps.reduce((sum, step) => sum + step.urgent, 0);
          return (
            <Link key={kind} to={`/sterilization/station/${kind}`} className="cssd-tile">
              <b>{t(`station.${kind}.title`)}</b>
              <span>{t('station.waiting', { n: waiting })}</span>
              {urgent > 0 && <span className="hub-tone-warn">{t('station.urgent', { n: urgent })}</span>}
            </Link>
          );
        })}
      </div>
      <BeginForm />
    </div>
  );
}
