import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useLab } from './useLab.ts';

interface Change {
  sheet: string;
  code: string;
  kind: 'added' | 'removed' | 'changed';
  fields: { field: string; from: unknown; to: unknown }[];
}

interface Version {
  version: number;
  at: string;
  note: string;
  changedBy: string | null;
}

/** Versions of the catalogue: who changed what, value by value. */
export function CatalogueVersions({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('lab');
  const list = useLab<{ items: Version[]; total: number }>('lab/catalogue/versions');
  return (
    <Drawer open size={720} title={t('catalogue.versions')} onClose={onClose}>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : (
        <ListTable<Version>
          name={t('catalogue.versions')}
          rowKey="version"
          rows={list.data.items}
          total={list.data.total}
          empty={t('catalogue.noVersions')}
          expand={{ render: (row) => <Changes version={row.version} /> }}
          columns={[
            { title: t('catalogue.version'), width: 70, text: (row) => row.version },
            { title: t('col.at'), text: (row) => dateTime(row.at) },
            { title: t('catalogue.by'), text: (row) => row.changedBy ?? t('catalogue.system') },
            { title: t('note'), width: 260, text: (row) => row.note },
          ]}
        />
      )}
    </Drawer>
  );
}

const show = (value: unknown): string =>
  value === null || value === undefined
    ? '—'
    : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : JSON.stringify(value);

/** Field by field what changed, or what the row that came or went holds. */
const changed = ({ kind, fields }: Change): string[] =>
  kind === 'changed'
    ? fields.map((one) => `${one.field}: ${show(one.from)} → ${show(one.to)}`)
    : fields
        .filter((one) => (one.from ?? one.to) !== null)
        .map((one) => `${one.field} ${show(kind === 'added' ? one.to : one.from)}`);

function Changes({ version }: { version: number }) {
  const { t } = useTranslation('lab');
  const detail = useLab<{ changes: Change[] }>(`lab/catalogue/versions/${version}`);
  if (detail.isPending) return <Loading rows={2} />;
  if (detail.isError) return <Failed error={detail.error} />;
  if (detail.data.changes.length === 0) return <Empty text={t('catalogue.noChanges')} />;
  return (
    <ListTable
      name={`${t('catalogue.versions')} ${version}`}
      rowKey="key"
      rows={detail.data.changes.map((row, index) => ({ ...row, key: index }))}
      pageSize={20}
      empty={t('catalogue.noChanges')}
      columns={[
        { title: t('catalogue.sheet'), text: (row) => t(`catalogue.sheets.${row.sheet}`) },
        { title: t('col.code'), text: (row) => row.code },
        { title: t('catalogue.kind'), text: (row) => t(`catalogue.kinds.${row.kind}`) },
        {
          title: t('catalogue.fields'),
          width: 360,
          text: (row) => changed(row).join('; '),
          render: (row) =>
            row.kind === 'changed'
              ? changed(row).map((text) => <div key={text}>{text}</div>)
              : changed(row).slice(0, 6).join(' · '),
        },
      ]}
    />
  );
}
