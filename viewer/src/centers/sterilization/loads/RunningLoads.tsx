import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime, remaining } from '../../../shell/format.ts';
import { useNow } from '../../../shell/useNow.ts';
import type { LoadRow } from '../types.ts';
import { useSterilization } from '../useSterilization.ts';
import { EndLoadDialog } from './EndLoadDialog.tsx';

/** Loads that run now, with the button that ends each by its record. */
export function RunningLoads({ kind }: { kind: 'wash' | 'sterilization' }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const now = useNow();
  const loads = useSterilization<{ items: LoadRow[] }>(`loads?kind=${kind}&state=open`);
  const [ending, setEnding] = useState<LoadRow | null>(null);
  const running = (loads.data?.items ?? []).filter((load) => load.endedAt === null);
  if (running.length === 0 && !ending) return null;
  return (
    <section className="cssd-card">
      <h2>{t('load.running')}</h2>
      <ul className="cssd-list">
        {running.map((load) => (
          <li key={load.id}>
            <b>{load.machine}</b> {load.programme} · {load.number} · {t('load.packs', { n: load.packs })} ·{' '}
            {clockTime(load.startedAt)}{' '}
            <span className="hub-quiet">
              {remaining(new Date(Date.parse(load.startedAt) + load.minutes * 60_000).toISOString(), now, t)}
            </span>
            <Button type="primary" size="large" onClick={() => setEnding(load)}>
              {t('load.end')}
            </Button>
          </li>
        ))}
      </ul>
      {ending && <EndLoadDialog key={ending.id} load={ending} kind={kind} onClose={() => setEnding(null)} />}
    </section>
  );
}
