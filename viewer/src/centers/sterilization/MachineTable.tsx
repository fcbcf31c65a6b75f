import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { clockTime, dateOnly, remaining } from '../../shell/format.ts';
import { useNow } from '../../shell/useNow.ts';
import { Outcome } from './Outcome.tsx';
import type { BoardMachine } from './types.ts';

/** Washers and sterilizers: what runs, until when, today's Bowie-Dick and the last passed biological indicator. */
export function MachineTable({ machines }: { machines: BoardMachine[] }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const now = useNow();
  return (
    <table className="cssd-machines">
      <thead>
        <tr>
          <th>{t('load.machine')}</th>
          <th>{t('load.state')}</th>
          <th>{t('load.running')}</th>
          <th>{t('board.until')}</th>
          <th>B-D</th>
          <th>{t('board.lastBiological')}</th>
        </tr>
      </thead>
      <tbody>
        {machines.map((machine) => (
          <tr key={machine.code}>
            <td>
              <b>{machine.code}</b> {machine.name}
            </td>
            <td
              className={
                machine.status === 'ready' ? (machine.running ? 'hub-tone-inHand' : '') : 'hub-tone-breach'
              }
            >
              {machine.status === 'ready'
                ? t(machine.running ? 'status.running' : 'status.ready')
                : `${t(`status.${machine.status}`)} · ${t(`block.${machine.blockReason ?? 'other'}`)}`}
            </td>
            <td>
              {machine.running &&
                (machine.kind === 'sterilizer' ? (
                  <Link to={`/sterilization/loads/${machine.runningId ?? ''}`}>
                    {machine.programme} · {t('load.packs', { n: machine.packs ?? 0 })}
                  </Link>
                ) : (
                  `${machine.programme ?? ''} · ${t('load.packs', { n: machine.packs ?? 0 })}`
                ))}
            </td>
            <td>
              {machine.endsAt &&
                `${clockTime(machine.endsAt).slice(0, 5)} · ${remaining(machine.endsAt, now, t)}`}
            </td>
            <td>
              {machine.bowieDickToday === 'missing' ? (
                <span className="hub-tone-warn">{t('test.missing')}</span>
              ) : machine.bowieDickToday ? (
                <Outcome value={machine.bowieDickToday} />
              ) : (
                ''
              )}
            </td>
            <td>{dateOnly(machine.biologicalAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
