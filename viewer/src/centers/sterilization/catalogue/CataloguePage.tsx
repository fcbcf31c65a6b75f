import { Input, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { may } from '../../../shell/access.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import type { Catalogue, Setup } from '../types.ts';
import { useCatalogue, useSterilization } from '../useSterilization.ts';
import { HoursTab } from './HoursTab.tsx';
import { InstrumentTypesTab } from './InstrumentTypesTab.tsx';
import { MachinesTab } from './MachinesTab.tsx';
import { MaterialsTab } from './MaterialsTab.tsx';
import { ProfilesTab } from './ProfilesTab.tsx';
import { RatesTab } from './RatesTab.tsx';
import { SetTypesTab } from './SetTypesTab.tsx';
import '../sterilization.css';

/** The catalogue: set types with versions, instruments, materials, machines with limits, print-out profiles, rates, routes. */
export default function CataloguePage() {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const mayEdit = may(session, 'template.edit');
  const catalogue = useCatalogue();
  const setup = useSterilization<Setup>('setup', true, false);
  const [search, setSearch] = useSearchParams();
  const [q, setQ] = useState('');
  if (catalogue.isPending || setup.isPending) return <Loading />;
  if (catalogue.isError) return <Failed error={catalogue.error} retry={() => void catalogue.refetch()} />;
  if (setup.isError) return <Failed error={setup.error} retry={() => void setup.refetch()} />;
  const found = <T extends { code: string; name: string; nameEn?: string }>(rows: T[]) =>
    rows.filter((row) =>
      `${row.name} ${row.nameEn ?? ''} ${row.code}`.toLowerCase().includes(q.toLowerCase()),
    );
  const { data } = setup;
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.catalogue')}</h1>
        <Input.Search
          style={{ width: 240 }}
          allowClear
          placeholder={t('catalogue.search')}
          aria-label={t('catalogue.search')}
          onChange={(event) => setQ(event.target.value)}
        />
        {!mayEdit && <span className="hub-quiet">{t('catalogue.readOnly')}</span>}
      </div>
      <Tabs
        className="hub-scroll"
        activeKey={search.get('tab') ?? 'sets'}
        onChange={(tab) => setSearch({ tab }, { replace: true })}
        items={[
          {
            key: 'sets',
            label: t('catalogue.sets'),
            children: <SetTypesTab rows={found(catalogue.data.setTypes)} setup={data} mayEdit={mayEdit} />,
          },
          {
            key: 'instruments',
            label: t('catalogue.instrumentTypes'),
            children: <InstrumentTypesTab rows={found(data.instrumentTypes)} mayEdit={mayEdit} />,
          },
          {
            key: 'materials',
            label: t('catalogue.materials'),
            children: <MaterialsTab rows={found(data.materials)} mayEdit={mayEdit} />,
          },
          {
            key: 'machines',
            label: t('catalogue.machines'),
            children: <MachinesTab rows={found(data.machines)} mayEdit={mayEdit} />,
          },
          {
            key: 'profiles',
            label: t('catalogue.profiles'),
            children: <ProfilesTab setup={data} mayEdit={mayEdit} />,
          },
          {
            key: 'rates',
            label: t('catalogue.rates'),
            children: <RatesTab rates={data.rates} setTypes={catalogue.data.setTypes} mayEdit={mayEdit} />,
          },
          {
            key: 'hours',
            label: t('catalogue.hours'),
            children: <HoursTab setup={data} mayEdit={mayEdit} />,
          },
          {
            key: 'routes',
            label: t('catalogue.routes'),
            children: <Routes rows={found(catalogue.data.routes)} />,
          },
        ]}
      />
    </div>
  );
}

function Routes({ rows }: { rows: Catalogue['routes'] }) {
  const { t } = useTranslation('sterilization');
  return (
    <ListTable<Catalogue['routes'][number]>
      name="routes"
      rowKey="id"
      empty={t('catalogue.noRoutes')}
      rows={rows}
      columns={[
        { title: t('dispatch.route'), text: (row) => row.name },
        { title: t('catalogue.departs'), render: (row) => row.departsAt.slice(0, 5) },
        {
          title: t('catalogue.stops'),
          render: (row) => (row.stops ?? []).map((stop) => stop.name).join(' → '),
        },
      ]}
    />
  );
}
