import { useTranslation } from 'react-i18next';
import { clockTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useNow } from '../../shell/useNow.ts';
import { FLOW } from './BoardPage.tsx';
import { MachineTable } from './MachineTable.tsx';
import { useBoard } from './useSterilization.ts';
import './sterilization.css';

/** Wall display of the centre, read from three metres. */
export default function WallPage() {
  const { t } = useTranslation('sterilization');
  const board = useBoard();
  const now = useNow();
  if (board.isPending) return <Loading />;
  if (board.isError) return <Failed error={board.error} retry={() => void board.refetch()} />;
  const { data } = board;
  const alarms: [string, number][] = [
    ['openRecallItems', data.openRecallItems],
    ['expired', data.expired],
    ['awaitingRelease', data.awaitingRelease],
    ['pendingBiological', data.pendingBiological],
    ['waitingReturns', data.waitingReturns],
    ['waitingRequests', data.waitingRequests],
  ];
  return (
    <div className="cssd-wall">
      <header>
        <h1>{t('wall.title')}</h1>
        <span>{clockTime(new Date(now).toISOString()).slice(0, 5)}</span>
      </header>
      <div className="cssd-wall-steps">
        {FLOW.filter((state) => !['pretreated', 'returned', 'recalled'].includes(state)).map((state) => {
          const step = data.steps.find((one) => one.state === state);
          return (
            <div key={state}>
              <span>{t(`state.${state}`)}</span>
              <b>{step?.packs ?? 0}</b>
              <small className={step && step.late > 0 ? 'hub-tone-breach' : ''}>
                {step && step.late > 0
                  ? t('board.late', { n: step.late })
                  : step && step.urgent > 0
                    ? t('station.urgent', { n: step.urgent })
                    : ' '}
              </small>
            </div>
          );
        })}
      </div>
      <MachineTable machines={data.machines} />
      <footer>
        {alarms.map(([key, count]) => (
          <div
            key={key}
            className={count > 0 && (key === 'openRecallItems' || key === 'expired') ? 'hub-tone-breach' : ''}
          >
            <b>{count}</b> {t(`todo.${key}`)}
          </div>
        ))}
      </footer>
    </div>
  );
}
