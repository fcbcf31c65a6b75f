import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DangerDialog } from '../../../shell/DangerDialog.tsx';
import { ListTable } from '../../../shell/ListTable.tsx';
import { Empty } from '../../../shell/states.tsx';
import type { Site } from '../types.ts';
import { useAct } from '../useAct.ts';

type Row = Site['stock'][number];

/** Own stock by set type, first to expire first; warns of expiry and of too little. */
export function StockTab({ site }: { site: Site }) {
  const { t } = useTranslation('sterilization');
  const { act } = useAct();
  const [back, setBack] = useState<string | null>(null);
  if (site.stock.length === 0) return <Empty text={t('site.noStock')} />;
  return (
    <>
      <ListTable<Row>
        name="stock"
        rowKey="setTypeCode"
        empty={t('site.noStock')}
        rows={site.stock}
        expand={{
          render: (row) => (
            <ul className="cssd-list">
              {row.packs.map((pack) => (
                <li key={pack.code}>
                  <Link to={`/sterilization/trace?code=${pack.code}`}>{pack.code}</Link> {pack.shelf}{' '}
                  <span className={pack.expiresOn < site.today ? 'hub-tone-breach' : ''}>
                    {t('pack.expiresOn')} {pack.expiresOn}{' '}
                    {pack.expiresOn < site.today ? t('expiry.expired') : ''}
                  </span>
                  {pack.implant && <span className="cssd-chip">{t('pack.implant')}</span>}
                  {pack.expiresOn < site.today ? (
                    <Button
                      size="small"
                      danger
                      onClick={() =>
                        void act('reject', { code: pack.code, defect: 'expired' }, t('site.rejected'))
                      }
                    >
                      {t('site.takeOut')}
                    </Button>
                  ) : (
                    <Button size="small" onClick={() => setBack(pack.code)}>
                      {t('site.sendBack')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          ),
        }}
        columns={[
          { title: t('pack.name'), text: (row) => row.setName },
          {
            title: t('site.usable'),
            align: 'right',
            render: (row) => (
              <b className={row.minimum !== null && row.usable < row.minimum ? 'hub-tone-warn' : ''}>
                {row.usable}
              </b>
            ),
          },
          {
            title: t('site.minimum'),
            align: 'right',
            render: (row) =>
              row.minimum === null ? (
                ''
              ) : row.usable < row.minimum ? (
                <span className="hub-tone-warn">{t('site.below', { n: row.minimum })}</span>
              ) : (
                row.minimum
              ),
          },
          {
            title: t('site.soon'),
            align: 'right',
            render: (row) => (row.soon > 0 ? <span className="hub-tone-warn">{row.soon}</span> : ''),
          },
          {
            title: t('site.expired'),
            align: 'right',
            render: (row) => (row.expired > 0 ? <b className="hub-tone-breach">{row.expired}</b> : ''),
          },
          { title: t('site.nextExpiry'), text: (row) => row.nextExpiry },
        ]}
      />
      <DangerDialog
        open={back !== null}
        title={t('site.sendBack')}
        consequence={t('site.sendBackConsequence', { code: back })}
        reasons={['not-needed', 'near-expiry', 'other'].map((code) => ({
          code,
          label: t(`returnReason.${code}`),
          needsNote: code === 'other',
        }))}
        okText={t('site.sendBack')}
        onOk={({ code, note }) =>
          act('return-unused', { codes: [back], reason: code, note }, t('site.sentBack'))
        }
        onClose={() => setBack(null)}
      />
    </>
  );
}
