import { Drawer, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useLab } from './useLab.ts';

interface Change {
  sheet: string;
  code: string;
  kind: 'added' | 'removed' | 'changed';
  fields: { field: string; from: unknown; to: unknown }[];
}

/** Versions of the catalogue: who changed what, value by value. */
export function CatalogueVersions({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('lab');
  const [open, setOpen] = useState<number | null>(null);
  const list = useLab<{ items: { version: number; at: string; note: string; changedBy: string | null }[] }>(
    'lab/catalogue/versions',
  );
  return (
    <Drawer open size={720} title={t('catalogue.versions')} onClose={onClose}>
      {list.isPending ? (
        <Loading />
      ) : list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Table
          size="small"
          rowKey="version"
          pagination={false}
          dataSource={list.data.items}
          expandable={{
            expandedRowKeys: open === null ? [] : [open],
            onExpand: (expanded, row) => setOpen(expanded ? row.version : null),
            expandedRowRender: (row) => <Changes version={row.version} />,
          }}
          columns={[
            { title: t('catalogue.version'), dataIndex: 'version', width: 70 },
            { title: t('col.at'), render: (_, row) => dateTime(row.at) },
            { title: t('catalogue.by'), render: (_, row) => row.changedBy ?? t('catalogue.system') },
            { title: t('note'), dataIndex: 'note' },
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

function Changes({ version }: { version: number }) {
  const { t } = useTranslation('lab');
  const detail = useLab<{ changes: Change[] }>(`lab/catalogue/versions/${version}`);
  if (detail.isPending) return <Loading rows={2} />;
  if (detail.isError) return <Failed error={detail.error} />;
  if (detail.data.changes.length === 0) return <Empty text={t('catalogue.noChanges')} />;
  return (
    <Table
      size="small"
      rowKey={(row) => `${row.sheet} ${row.code} ${row.kind} ${row.fields.map((one) => show(one.to)).join()}`}
      pagination={{ pageSize: 20, size: 'small', hideOnSinglePage: true }}
      dataSource={detail.data.changes}
      columns={[
        { title: t('catalogue.sheet'), render: (_, row) => t(`catalogue.sheets.${row.sheet}`) },
        { title: t('col.code'), dataIndex: 'code' },
        { title: '', render: (_, row) => t(`catalogue.kinds.${row.kind}`) },
        {
          title: t('catalogue.fields'),
          render: (_, row) =>
            row.kind === 'changed'
              ? row.fields.map((one) => (
                  <div key={one.field}>
                    {one.field}: {show(one.from)} → {show(one.to)}
                  </div>
                ))
              : row.fields
                  .filter((one) => (one.from ?? one.to) !== null)
                  .slice(0, 6)
                  .map((one) => `${one.field} ${show(row.kind === 'added' ? one.to : one.from)}`)
                  .join(' · '),
        },
      ]}
    />
  );
}
