import { Button, ConfigProvider } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { NotFound } from '../../../shell/NotFound.tsx';
import { useSession } from '../../../shell/session.tsx';
import { BatchStation } from './BatchStation.tsx';
import { CountStation } from './CountStation.tsx';
import { PackStation } from './PackStation.tsx';
import { STATIONS, type StationKind } from './stationKinds.ts';
import { ScanLog } from './ScanLog.tsx';
import { StoreStation } from './StoreStation.tsx';
import { useStation } from './useStation.ts';
import '../sterilization.css';

/** A station in large type: scan, see, hear. The last scans stay in sight; a lost line queues them. */
export default function StationPage() {
  const { station } = useParams();
  const kind = STATIONS.find((one) => one === station);
  return kind ? <StationScreen key={kind} kind={kind} /> : <NotFound />;
}

function StationScreen({ kind }: { kind: StationKind }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const session = useSession();
  const name = t(`station.${kind}.title`);
  const station = useStation(`${session.institution.code} ${kind}`);
  const root = useRef<HTMLDivElement>(null);
  return (
    <div className="cssd-station" ref={root}>
      <header>
        <h1>{name}</h1>
        <span className="hub-grow" />
        <span className={station.online ? 'hub-tone-done' : 'hub-tone-breach'} role="status">
          {station.online ? t('station.online') : t('station.offline')}
          {station.waiting > 0 && ` · ${t('station.inQueue', { n: station.waiting })}`}
          {station.others.length > 0 && ` · ${t('station.others', { names: station.others.join('、') })}`}
        </span>
        <span>{session.user.name}</span>
        <Link to="/sterilization/stations">
          <Button size="large">{t('station.leave')}</Button>
        </Link>
      </header>
      <div className="cssd-station-body">
        <main>
          {/* Lists and dialogs of a station are as large as the station: they stand inside it. */}
          <ConfigProvider getPopupContainer={() => root.current ?? document.body}>
            {kind === 'count' || kind === 'inspect' ? (
              <CountStation kind={kind} station={station} />
            ) : kind === 'pack' || kind === 'dry' ? (
              <PackStation kind={kind} station={station} />
            ) : kind === 'store' ? (
              <StoreStation station={station} />
            ) : (
              <BatchStation kind={kind} station={station} />
            )}
          </ConfigProvider>
        </main>
        <ScanLog station={station} />
      </div>
    </div>
  );
}
