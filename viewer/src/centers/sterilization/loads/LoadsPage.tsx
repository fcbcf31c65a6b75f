import { Button, Segmented, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../../shell/format.ts';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
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
        ) : loads.data.items.length === 0 ? (
          <Empty text={t('load.none')} />
        ) : (
          <Table<LoadRow>
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={loads.data.items}
            scroll={{ x: 'max-content' }}
            columns={[
              {
                title: t('load.number'),
                render: (_, row) =>
                  kind === 'wash' ? (
                    row.number
                  ) : (
                    <Link to={`/sterilization/loads/${row.id}`}>{row.number}</Link>
                  ),
              },
              { title: t('load.machine'), render: (_, row) => `${row.machine} ${row.machineName}` },
              { title: t('load.programme'), dataIndex: 'programme' },
              {
                title: t('load.startedAt'),
                render: (_, row) => <span className="hub-num">{dateTime(row.startedAt)}</span>,
              },
              { title: t('load.packCount'), dataIndex: 'packs', align: 'right' },
              {
                title: t('load.state'),
                render: (_, row) => (
                  <>
                    {t(stateKey(row))} {row.hasImplant && <Tag>{t('pack.implant')}</Tag>}
                  </>
                ),
              },
              { title: t('indicator.physical'), render: (_, row) => <Outcome value={row.physicalOutcome} /> },
              ...(kind === 'wash'
                ? [{ title: 'A0', render: (_: unknown, row: LoadRow) => row.a0 ?? '' }]
                : [
                    {
                      title: t('indicator.outer-chemical'),
                      render: (_: unknown, row: LoadRow) => <Outcome value={row.outerOutcome} />,
                    },
                    {
                      title: t('indicator.biological'),
                      render: (_: unknown, row: LoadRow) => <Outcome value={row.biologicalOutcome} />,
                    },
                  ]),
              { title: t('load.operator'), dataIndex: 'operator' },
            ]}
          />
        )}
        {kind === 'sterilization' && <MachineTests />}
      </div>
    </div>
  );
}
