import { Input, Table, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed, Loading } from '../../shell/states.tsx';
import type { Catalogue } from './types.ts';
import { useCatalogue } from './useSterilization.ts';
import './sterilization.css';

/** Set types with their lists and versions, machines with programmes and limits, packaging materials, routes. */
export default function CataloguePage() {
  const { t, i18n } = useTranslation('sterilization');
  const catalogue = useCatalogue();
  const [q, setQ] = useState('');
  if (catalogue.isPending) return <Loading />;
  if (catalogue.isError) return <Failed error={catalogue.error} retry={() => void catalogue.refetch()} />;
  const { data } = catalogue;
  const name = (row: { name: string; nameEn?: string }) =>
    i18n.language === 'en-US' && row.nameEn ? row.nameEn : row.name;
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.catalogue')}</h1>
        <Input.Search
          style={{ width: 240 }}
          allowClear
          placeholder={t('pack.search')}
          onChange={(event) => setQ(event.target.value)}
        />
      </div>
      <Tabs
        className="hub-scroll"
        items={[
          {
            key: 'sets',
            label: t('catalogue.sets'),
            children: (
              <Table<Catalogue['setTypes'][number]>
                size="small"
                rowKey="id"
                pagination={false}
                dataSource={data.setTypes.filter((row) =>
                  (row.name + row.nameEn + row.code).toLowerCase().includes(q.toLowerCase()),
                )}
                expandable={{
                  expandedRowRender: (row) =>
                    row.contents.map((item) => `${item.name} × ${item.quantity}`).join('、'),
                }}
                columns={[
                  { title: t('catalogue.code'), dataIndex: 'code' },
                  {
                    title: t('pack.name'),
                    render: (_, row) => (
                      <>
                        {name(row)} {row.implant && <span className="cssd-chip">{t('pack.implant')}</span>}
                      </>
                    ),
                  },
                  { title: t('catalogue.version'), dataIndex: 'version', align: 'right' },
                  { title: t('catalogue.method'), render: (_, row) => t(`method.${row.method}`) },
                  { title: t('catalogue.material'), dataIndex: 'materialName' },
                  {
                    title: t('catalogue.pieces'),
                    align: 'right',
                    render: (_, row) => row.contents.reduce((sum, item) => sum + item.quantity, 0),
                  },
                  { title: t('catalogue.weight'), dataIndex: 'weightG', align: 'right' },
                  {
                    title: t('catalogue.price'),
                    align: 'right',
                    render: (_, row) => (row.priceFen / 100).toFixed(2),
                  },
                ]}
              />
            ),
          },
          {
            key: 'machines',
            label: t('board.machines'),
            children: (
              <Table<Catalogue['machines'][number]>
                size="small"
                rowKey="id"
                pagination={false}
                dataSource={data.machines}
                columns={[
                  { title: t('catalogue.code'), dataIndex: 'code' },
                  { title: t('load.machine'), dataIndex: 'name' },
                  {
                    title: t('catalogue.method'),
                    render: (_, row) =>
                      row.method ? t(`method.${row.method}`) : t(`machineKind.${row.kind}`),
                  },
                  {
                    title: t('load.state'),
                    render: (_, row) => (
                      <span className={row.status === 'ready' ? '' : 'hub-tone-breach'}>
                        {t(`status.${row.status}`)}
                      </span>
                    ),
                  },
                  {
                    title: t('load.programme'),
                    render: (_, row) =>
                      (row.programmes ?? []).map((one) => (
                        <div key={one.code}>
                          {one.name}{' '}
                          <span className="hub-quiet">
                            {one.setTemperatureC !== null &&
                              `${one.setTemperatureC}–${one.setTemperatureC + one.bandC} ℃ `}
                            {one.minHoldS !== null && `≥ ${one.minHoldS} s `}
                            {one.minA0 !== null && `A0 ≥ ${one.minA0} `}
                            {one.biologicalEvery !== 'none' && t(`biologicalEvery.${one.biologicalEvery}`)}
                          </span>
                        </div>
                      )),
                  },
                ]}
              />
            ),
          },
          {
            key: 'materials',
            label: t('catalogue.materials'),
            children: (
              <Table<Catalogue['materials'][number]>
                size="small"
                rowKey="code"
                pagination={false}
                dataSource={data.materials}
                columns={[
                  { title: t('catalogue.material'), render: (_, row) => name(row) },
                  { title: t('catalogue.shelfLife'), dataIndex: 'shelfLifeDays', align: 'right' },
                  {
                    title: t('catalogue.shelfLifeOtherwise'),
                    dataIndex: 'shelfLifeDaysUncontrolled',
                    align: 'right',
                  },
                ]}
              />
            ),
          },
          {
            key: 'routes',
            label: t('catalogue.routes'),
            children: (
              <Table<Catalogue['routes'][number]>
                size="small"
                rowKey="id"
                pagination={false}
                dataSource={data.routes}
                columns={[
                  { title: t('dispatch.route'), dataIndex: 'name' },
                  { title: t('catalogue.departs'), render: (_, row) => row.departsAt.slice(0, 5) },
                  {
                    title: t('catalogue.stops'),
                    render: (_, row) => (row.stops ?? []).map((stop) => stop.name).join(' → '),
                  },
                ]}
              />
            ),
          },
        ]}
      />
    </div>
  );
}
