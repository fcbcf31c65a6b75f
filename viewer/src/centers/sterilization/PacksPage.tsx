import { Button, Input, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { dateTime, remaining } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useNow } from '../../shell/useNow.ts';
import type { PackRow } from './types.ts';
import { useSterilization } from './useSterilization.ts';
import './sterilization.css';

const STATES = [
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
  'dispatched',
  'received',
  'used',
  'returned',
  'recalled',
  'reprocess',
  'discarded',
  'lost',
];
const DONE = new Set([
  'released',
  'stored',
  'dispatched',
  'received',
  'used',
  'returned',
  'recalled',
  'reprocess',
  'discarded',
  'lost',
]);

/** Packs by state: where each stands, since when, until when it should be ready, when it expires. */
export default function PacksPage() {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [search, setSearch] = useSearchParams();
  const now = useNow();
  const states = (search.get('state') ?? '').split(',').filter(Boolean);
  const q = search.get('q') ?? '';
  const set = (name: string, value: string) =>
    setSearch((before) => {
      if (value === '') before.delete(name);
      else before.set(name, value);
      return before;
    });
  const query = new URLSearchParams({
    limit: '200',
    ...(states.length > 0 && { state: states.join(',') }),
    ...(q && { q }),
  });
  const packs = useSterilization<{ items: PackRow[] }>(`packs?${query.toString()}`);
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.packs')}</h1>
        <Select
          mode="multiple"
          allowClear
          style={{ minWidth: 260 }}
          value={states}
          placeholder={t('pack.anyState')}
          onChange={(value: string[]) => set('state', value.join(','))}
          options={STATES.map((state) => ({ value: state, label: t(`state.${state}`) }))}
        />
        <Input.Search
          style={{ width: 260 }}
          defaultValue={q}
          placeholder={t('pack.search')}
          onSearch={(value) => set('q', value)}
          allowClear
        />
      </div>
      <div className="hub-scroll">
        {packs.isPending ? (
          <Loading />
        ) : packs.isError ? (
          <Failed error={packs.error} retry={() => void packs.refetch()} />
        ) : packs.data.items.length === 0 ? (
          <Empty text={t('pack.none')} />
        ) : (
          <Table<PackRow>
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={packs.data.items}
            scroll={{ x: 'max-content' }}
            columns={[
              {
                title: t('pack.code'),
                render: (_, row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
              },
              {
                title: t('pack.name'),
                render: (_, row) => (
                  <>
                    {row.setName} {row.implant && <span className="cssd-chip">{t('pack.implant')}</span>}{' '}
                    {row.infectious !== 'none' && (
                      <span className="cssd-chip hub-tone-breach">{t(`infectious.${row.infectious}`)}</span>
                    )}
                  </>
                ),
              },
              { title: t('pack.tray'), dataIndex: 'trayCode' },
              { title: t('pack.owner'), dataIndex: 'owner' },
              { title: t('pack.state'), render: (_, row) => t(`state.${row.state}`) },
              { title: t('pack.location'), render: (_, row) => `${row.location} ${row.shelf}` },
              {
                title: t('pack.collectedAt'),
                render: (_, row) => <span className="hub-num">{dateTime(row.collectedAt)}</span>,
              },
              {
                title: t('pack.due'),
                render: (_, row) =>
                  DONE.has(row.state) ? (
                    ''
                  ) : (
                    <span
                      className={Date.parse(row.dueAt) < now ? 'hub-tone-breach' : ''}
                      title={dateTime(row.dueAt)}
                    >
                      {remaining(row.dueAt, now, t)}
                    </span>
                  ),
              },
              { title: t('load.number'), dataIndex: 'loadNumber' },
              { title: t('pack.expiresOn'), dataIndex: 'expiresOn' },
              {
                title: '',
                render: (_, row) =>
                  ['packed', 'loaded', 'sterilized', 'released', 'stored'].includes(row.state) ? (
                    <Button size="small" href={`/api/sterilization/packs/${row.code}/label`} target="_blank">
                      {t('pack.label')}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}
