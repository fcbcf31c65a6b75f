import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { clockTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { MachineTable } from './MachineTable.tsx';
import type { Board } from './types.ts';
import { useBoard } from './useSterilization.ts';
import './sterilization.css';

export const FLOW = [
  'collected',
  'pretreated',
  'counted',
  'washed',
  'dried',
  'inspected',
  'packed',
  'loaded',
  'sterilized',
  'released',
  'stored',
  'returned',
  'recalled',
] as const;

/** The centre at a glance: packs at each step, machines, and what waits for somebody. */
export default function BoardPage() {
  const { t } = useTranslation('sterilization');
  const board = useBoard();
  if (board.isPending) return <Loading />;
  if (board.isError) return <Failed error={board.error} retry={() => void board.refetch()} />;
  const { data } = board;
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('board.title')}</h1>
        <span className="hub-quiet">{t('board.at', { time: clockTime(data.now) })}</span>
        <span className="hub-grow" />
        <Link to="/sterilization/stations">
          <Button type="primary">{t('nav.stations')}</Button>
        </Link>
      </div>
      <div className="hub-scroll cssd-stack">
        <Todo board={data} />
        <section className="hub-panel">
          <h2 className="hub-title">{t('board.steps')}</h2>
          <div className="cssd-steps">
            {FLOW.map((state) => {
              const step = data.steps.find((one) => one.state === state);
              return (
                <Link
                  key={state}
                  to={`/sterilization/packs?state=${state}`}
                  className={step ? 'cssd-step' : 'cssd-step cssd-step-none'}
                >
                  <span>{t(`state.${state}`)}</span>
                  <b>{step?.packs ?? 0}</b>
                  <small className={step && step.late > 0 ? 'hub-tone-breach' : 'hub-quiet'}>
                    {step && step.late > 0
                      ? t('board.late', { n: step.late })
                      : step && step.urgent > 0
                        ? t('station.urgent', { n: step.urgent })
                        : ' '}
                  </small>
                </Link>
              );
            })}
          </div>
        </section>
        <section className="hub-panel">
          <h2 className="hub-title">{t('board.machines')}</h2>
          <MachineTable machines={data.machines} />
        </section>
      </div>
    </div>
  );
}

function Todo({ board }: { board: Board }) {
  const { t } = useTranslation('sterilization');
  const items: [key: string, count: number, to: string, tone: string][] = [
    ['openRecallItems', board.openRecallItems, '/sterilization/recalls', 'hub-tone-breach'],
    ['unacknowledged', board.unacknowledged, '/sterilization/recalls', 'hub-tone-breach'],
    ['expired', board.expired, '/sterilization/packs?state=stored,released', 'hub-tone-breach'],
    ['awaitingRelease', board.awaitingRelease, '/sterilization/loads', 'hub-tone-inHand'],
    ['pendingBiological', board.pendingBiological, '/sterilization/loads', 'hub-tone-inHand'],
    ['followUps', board.followUps, '/sterilization/loads', 'hub-tone-warn'],
    ['waitingReturns', board.waitingReturns, '/sterilization/collect', ''],
    ['waitingRequests', board.waitingRequests, '/sterilization/requests', ''],
    ['printOuts', board.printOuts, '/sterilization/records', ''],
    ['expiringSoon', board.expiringSoon, '/sterilization/packs?state=stored,released', 'hub-tone-warn'],
    ['conflicts', board.conflicts, '/sterilization/records', 'hub-tone-warn'],
  ];
  const open = items.filter(([, count]) => count > 0);
  if (open.length === 0) return <p className="hub-quiet">{t('board.nothing')}</p>;
  return (
    <nav className="cssd-todo" aria-label={t('board.todo')}>
      {open.map(([key, count, to, tone]) => (
        <Link key={key} to={to}>
          <b className={tone}>{count}</b> {t(`todo.${key}`)}
        </Link>
      ))}
    </nav>
  );
}
