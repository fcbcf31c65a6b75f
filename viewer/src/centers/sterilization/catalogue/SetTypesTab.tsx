import { Button, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ExportButton } from '../../../shell/ExportButton.tsx';
import type { Catalogue, Setup } from '../types.ts';
import { SetTypeEditor } from './SetTypeEditor.tsx';

type Row = Catalogue['setTypes'][number];

/** Set types: list, search, and the editor with versions. */
export function SetTypesTab({
  rows,
  setup,
  mayEdit,
}: {
  rows: Row[];
  setup: Setup | undefined;
  mayEdit: boolean;
}) {
  const { t, i18n } = useTranslation('sterilization');
  const [open, setOpen] = useState<string | null | undefined>(undefined);
  const name = (row: Row) => (i18n.language === 'en-US' && row.nameEn ? row.nameEn : row.name);
  const pieces = (row: Row) => row.contents.reduce((sum, item) => sum + item.quantity, 0);
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {mayEdit && setup && (
          <Button type="primary" onClick={() => setOpen(null)}>
            {t('catalogue.newSet')}
          </Button>
        )}
        <span className="hub-quiet">{t('catalogue.count', { n: rows.length })}</span>
        <span className="hub-grow" />
        <ExportButton
          name="set-types"
          rows={rows}
          columns={[
            { title: t('catalogue.code'), text: (row: Row) => row.code },
            { title: t('pack.name'), text: name },
            { title: t('catalogue.version'), text: (row: Row) => String(row.version) },
            { title: t('catalogue.method'), text: (row: Row) => t(`method.${row.method}`) },
            { title: t('catalogue.material'), text: (row: Row) => row.materialName },
            { title: t('catalogue.pieces'), text: (row: Row) => String(pieces(row)) },
            { title: t('catalogue.price'), text: (row: Row) => (row.priceFen / 100).toFixed(2) },
          ]}
        />
      </div>
      <Table<Row>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={rows}
        onRow={(row) => ({ onClick: () => setup && setOpen(row.code), style: { cursor: 'pointer' } })}
        columns={[
          {
            title: t('catalogue.code'),
            sorter: (a, b) => a.code.localeCompare(b.code),
            render: (_, row) => (
              <Button
                type="link"
                size="small"
                disabled={!setup}
                onClick={(event) => {
                  event.stopPropagation();
                  setOpen(row.code);
                }}
              >
                {row.code}
              </Button>
            ),
          },
          {
            title: t('pack.name'),
            render: (_, row) => (
              <>
                {name(row)} {row.implant && <span className="cssd-chip">{t('pack.implant')}</span>}{' '}
                {!row.active && <span className="hub-quiet">{t('catalogue.inactive')}</span>}
              </>
            ),
          },
          { title: t('catalogue.version'), dataIndex: 'version', align: 'right' },
          {
            title: t('catalogue.method'),
            filters: [...new Set(rows.map((row) => row.method))].map((value) => ({
              value,
              text: t(`method.${value}`),
            })),
            onFilter: (value, row) => row.method === value,
            render: (_, row) => t(`method.${row.method}`),
          },
          { title: t('catalogue.material'), dataIndex: 'materialName' },
          {
            title: t('catalogue.pieces'),
            align: 'right',
            sorter: (a, b) => pieces(a) - pieces(b),
            render: (_, row) => pieces(row),
          },
          {
            title: t('catalogue.weight'),
            align: 'right',
            sorter: (a, b) => (a.weightG ?? 0) - (b.weightG ?? 0),
            render: (_, row) => (
              <span className={(row.weightG ?? 0) > 7000 ? 'hub-tone-warn' : ''}>{row.weightG}</span>
            ),
          },
          {
            title: t('catalogue.price'),
            align: 'right',
            sorter: (a, b) => a.priceFen - b.priceFen,
            render: (_, row) => (row.priceFen / 100).toFixed(2),
          },
        ]}
      />
      {open !== undefined && setup && (
        <SetTypeEditor code={open} mayEdit={mayEdit} setup={setup} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}
