import { Button, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useScanner } from '../../shell/useScanner.ts';
import { useKept } from './stations/useKept.ts';
import { useAct } from './useAct.ts';
import { useSterilization } from './useSterilization.ts';
import './sterilization.css';

interface Row {
  id: string;
  number: string;
  institution: string;
  infectious: string;
  declaredAt: string;
  declaredBy: string;
  note: string;
  lines: { setName: string; tray: string | null; quantity: number; missing: number; damaged: number }[];
}

/** Courier: the returns that wait at the sites; one press or scan of the slip takes one over. Works at 390 px. */
export default function CollectPage() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [vehicle, setVehicle] = useKept('collect.vehicle', '');
  const rows = useSterilization<{ items: Row[] }>('returns?state=waiting&limit=200');
  const { act, busy } = useAct();
  const collect = (returnNumber: string) =>
    act('collect', { returnNumber, vehicle }, t('collect.done', { number: returnNumber }));
  useScanner((code) => void collect(code));
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.collect')}</h1>
        <Input
          style={{ width: 180 }}
          value={vehicle}
          onChange={(event) => setVehicle(event.target.value)}
          placeholder={t('dispatch.vehicle')}
          aria-label={t('dispatch.vehicle')}
        />
      </div>
      <div className="hub-scroll cssd-stack">
        {rows.isPending ? (
          <Loading />
        ) : rows.isError ? (
          <Failed error={rows.error} retry={() => void rows.refetch()} />
        ) : rows.data.items.length === 0 ? (
          <Empty text={t('collect.none')} />
        ) : (
          rows.data.items.map((row) => (
            <section key={row.id} className="hub-panel cssd-collect">
              <div>
                <b>{row.institution}</b> · {row.number} · {dateTime(row.declaredAt)} · {row.declaredBy}
                {row.infectious !== 'none' && (
                  <p className="hub-tone-breach">
                    {t('collect.infectious', { kind: t(`infectious.${row.infectious}`) })}
                  </p>
                )}
                <ul>
                  {(row.lines ?? []).map((line, index) => (
                    <li key={index}>
                      {line.setName} × {line.quantity} {line.tray ?? ''}{' '}
                      {line.missing > 0 && t('collect.missing', { n: line.missing })}{' '}
                      {line.damaged > 0 && t('collect.damaged', { n: line.damaged })}
                    </li>
                  ))}
                </ul>
              </div>
              <Button
                type="primary"
                className="cssd-big"
                loading={busy}
                onClick={() => void collect(row.number)}
              >
                {t('collect.take')}
              </Button>
            </section>
          ))
        )}
      </div>
    </div>
  );
}
