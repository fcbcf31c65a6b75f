import { Button, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { get } from '../../api/client.ts';
import { dateTime, remaining } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
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
  const packs = useSterilization<{ items: PackRow[]; nextCursor: string | null }>(
    `packs?${query.toString()}`,
  );
  const allPacks = async () => {
    const rows: PackRow[] = [];
    let cursor: string | null = '';
    while (cursor !== null && rows.length < 20_000) {
      const page: { items: PackRow[]; nextCursor: string | null } = await get(
        `/api/sterilization/packs?${query.toString()}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      rows.push(...page.items);
      cursor = page.nextCursor;
    }
    return rows;
  };
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
          aria-label={t('pack.anyState')}
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
          <ListTable<PackRow>
            name="packs"
            rowKey="id"
            empty={t('pack.none')}
            searchable={false}
            exportRows={allPacks}
            rows={packs.data.items}
            columns={[
              {
                title: t('pack.code'),
                render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
              },
              {
                title: t('pack.name'),
                render: (row) => (
                  <>
                    {row.setName} {row.implant && <span className="cssd-chip">{t('pack.implant')}</span>}{' '}
                    {row.infectious !== 'none' && (
                      <span className="cssd-chip hub-tone-breach">{t(`infectious.${row.infectious}`)}</span>
                    )}
                  </>
                ),
              },
              { title: t('pack.tray'), text: (row) => row.trayCode },
              { title: t('pack.owner'), text: (row) => row.owner },
              { title: t('pack.state'), render: (row) => t(`state.${row.state}`) },
              { title: t('pack.location'), render: (row) => `${row.location} ${row.shelf}` },
              {
                title: t('pack.collectedAt'),
                render: (row) => <span className="hub-num">{dateTime(row.collectedAt)}</span>,
              },
              {
                title: t('pack.due'),
                render: (row) =>
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
              { title: t('load.number'), text: (row) => row.loadNumber },
              { title: t('pack.expiresOn'), text: (row) => row.expiresOn },
              {
                title: '',
                render: (row) =>
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
