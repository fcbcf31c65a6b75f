import { Button, Segmented, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import type { LoadRow } from '../types.ts';
import { useSterilization } from '../useSterilization.ts';
import { MachineTests } from './MachineTests.tsx';
import { Outcome } from '../Outcome.tsx';
import { RunningLoads } from './RunningLoads.tsx';
import { stateKey } from './stateKey.ts';
import '../sterilization.css';

/** Sterilization and wash loads; what waits for a reading or for release stands first. Machine tests beside it. */
export default function LoadsPage() {
  const { t } = useTranslation('sterilization');
  const [kind, setKind] = useState<'sterilization' | 'wash'>('sterilization');
  const [state, setState] = useState<'open' | 'all'>('open');
  const loads = useSterilization<{ items: LoadRow[] }>(`loads?kind=${kind}&state=${state}&limit=200`);
  const outcome = (title: string, of: (row: LoadRow) => string | null) => ({
    title,
    text: (row: LoadRow) => {
      const value = of(row);
      return value ? t(`outcome.${value}`) : '';
    },
    render: (row: LoadRow) => <Outcome value={of(row)} />,
  });
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.loads')}</h1>
        <Segmented
          value={kind}
          onChange={setKind}
          options={[
            { value: 'sterilization', label: t('load.sterilization') },
            { value: 'wash', label: t('load.wash') },
          ]}
        />
        <Segmented
          value={state}
          onChange={setState}
          options={[
            { value: 'open', label: t('load.open') },
            { value: 'all', label: t('load.all') },
          ]}
        />
        <span className="hub-grow" />
        <Link to="/sterilization/station/sterilize">
          <Button type="primary">{t('load.start')}</Button>
        </Link>
      </div>
      <div className="hub-scroll cssd-stack">
        <RunningLoads kind={kind} />
        {loads.isPending ? (
          <Loading />
        ) : loads.isError ? (
          <Failed error={loads.error} retry={() => void loads.refetch()} />
        ) : (
          <ListTable<LoadRow>
            name={`${kind}-loads`}
            rowKey="id"
            rows={loads.data.items}
            empty={t('load.none')}
            columns={[
              {
                title: t('load.number'),
                text: (row) => row.number,
                render: (row) =>
                  kind === 'wash' ? (
                    <Link to={`/sterilization/trace?code=${row.number}`}>{row.number}</Link>
                  ) : (
                    <Link to={`/sterilization/loads/${row.id}`}>{row.number}</Link>
                  ),
              },
              { title: t('load.machine'), text: (row) => `${row.machine} ${row.machineName}` },
              { title: t('load.programme'), text: (row) => row.programme },
              { title: t('load.startedAt'), text: (row) => dateTime(row.startedAt) },
              { title: t('load.packCount'), text: (row) => row.packs, align: 'right' },
              {
                title: t('load.state'),
                text: (row) => `${t(stateKey(row))} ${row.hasImplant ? t('pack.implant') : ''}`.trim(),
                render: (row) => (
                  <>
                    {t(stateKey(row))} {row.hasImplant && <Tag>{t('pack.implant')}</Tag>}
                  </>
                ),
              },
              outcome(t('indicator.physical'), (row) => row.physicalOutcome),
              ...(kind === 'wash'
                ? [{ title: 'A0', text: (row: LoadRow) => row.a0, align: 'right' as const }]
                : [
                    outcome(t('indicator.outer-chemical'), (row) => row.outerOutcome),
                    outcome(t('indicator.biological'), (row) => row.biologicalOutcome),
                  ]),
              { title: t('load.operator'), text: (row) => row.operator },
            ]}
          />
        )}
        {kind === 'sterilization' && <MachineTests />}
      </div>
    </div>
  );
}
