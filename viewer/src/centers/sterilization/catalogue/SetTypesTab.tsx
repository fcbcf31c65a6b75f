import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../../shell/ListTable.tsx';
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
      </div>
      <ListTable<Row>
        rowKey="id"
        rows={rows}
        searchable={false}
        name="set-types"
        empty={t('catalogue.noSets')}
        onOpen={(row) => setup && setOpen(row.code)}
        columns={[
          {
            title: t('catalogue.code'),
            render: (row) => (
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
            render: (row) => (
              <>
                {name(row)} {row.implant && <span className="cssd-chip">{t('pack.implant')}</span>}{' '}
                {!row.active && <span className="hub-quiet">{t('catalogue.inactive')}</span>}
              </>
            ),
          },
          { title: t('catalogue.version'), text: (row) => row.version, align: 'right' },
          {
            title: t('catalogue.method'),
            render: (row) => t(`method.${row.method}`),
          },
          { title: t('catalogue.material'), text: (row) => row.materialName },
          {
            title: t('catalogue.pieces'),
            align: 'right',
            render: (row) => pieces(row),
          },
          {
            title: t('catalogue.weight'),
            align: 'right',
            render: (row) => (
              <span className={(row.weightG ?? 0) > 7000 ? 'hub-tone-warn' : ''}>{row.weightG}</span>
            ),
          },
          {
            title: t('catalogue.price'),
            align: 'right',
            render: (row) => (row.priceFen / 100).toFixed(2),
          },
        ]}
      />
      {open !== undefined && setup && (
        <SetTypeEditor code={open} mayEdit={mayEdit} setup={setup} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}
