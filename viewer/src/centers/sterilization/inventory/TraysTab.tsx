import { Button, Form, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { may } from '../../../shell/access.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
import { useInstitutions } from '../../../shell/useInstitutions.ts';
import { FormModal, filled } from '../catalogue/FormModal.tsx';
import type { TrayRow } from '../types.ts';
import { useCatalogue, useSterilizationAll } from '../useSterilization.ts';
import { CodeField } from './CodeField.tsx';

interface Values {
  code: string;
  setTypeCode: string;
  owner?: string;
}

/** Trays with their own code: use count, owner, where each circulates now. */
export function TraysTab({ q }: { q: string }) {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const [adding, setAdding] = useState(false);
  const trays = useSterilizationAll<TrayRow>(`trays?limit=200&q=${encodeURIComponent(q)}`);
  const catalogue = useCatalogue();
  const sites = useInstitutions();
  if (trays.isPending) return <Loading />;
  if (trays.isError) return <Failed error={trays.error} retry={() => void trays.refetch()} />;
  const rows = trays.data.items;
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {may(session, 'bench.work') && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('inventory.newTray')}
          </Button>
        )}
      </div>
      {rows.length === 0 ? (
        <Empty text={t('inventory.noTrays')} />
      ) : (
        <ListTable<TrayRow>
          searchable={false}
          name="trays"
          rowKey="id"
          empty={t('inventory.noTrays')}
          rows={rows}
          columns={[
            {
              title: t('pack.tray'),
              render: (row) => (
                <Link to={`/sterilization/trace?code=${encodeURIComponent(row.code)}`}>{row.code}</Link>
              ),
            },
            {
              title: t('pack.name'),
              render: (row) => (
                <>
                  {row.setName}{' '}
                  {row.kind === 'loaner' && <span className="cssd-chip">{t('inventory.loaner')}</span>}
                </>
              ),
            },
            { title: t('pack.owner'), text: (row) => row.owner },
            {
              title: t('inventory.uses'),
              text: (row) => row.useCount,
              align: 'right',
            },
            { title: t('inventory.instruments'), text: (row) => row.instruments, align: 'right' },
            { title: t('inventory.state'), render: (row) => t(`trayState.${row.state}`) },
            {
              title: t('inventory.circulation'),
              render: (row) =>
                row.packCode ? (
                  <>
                    <Link to={`/sterilization/trace?code=${row.packCode}`}>{row.packCode}</Link>{' '}
                    {t(`state.${row.packState ?? ''}`)}
                  </>
                ) : (
                  <span className="hub-quiet">{t('inventory.never')}</span>
                ),
            },
            { title: t('pack.location'), text: (row) => row.location },
          ]}
        />
      )}
      {adding && (
        <FormModal<Values>
          title={t('inventory.newTray')}
          act="register-tray"
          initial={{}}
          body={(values) => filled({ ...values })}
          onClose={() => setAdding(false)}
        >
          <Form.Item
            name="code"
            label={t('inventory.code')}
            extra={t('inventory.trayHint')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <CodeField />
          </Form.Item>
          <div className="cssd-figures">
            <Form.Item
              name="setTypeCode"
              label={t('catalogue.sets')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Select
                showSearch
                optionFilterProp="label"
                options={(catalogue.data?.setTypes ?? []).map((type) => ({
                  value: type.code,
                  label: type.name,
                }))}
              />
            </Form.Item>
            <Form.Item name="owner" label={t('pack.owner')}>
              <Select
                allowClear
                showSearch
                optionFilterProp="label"
                placeholder={t('inventory.ownCenter')}
                options={(sites.data ?? []).map((site) => ({ value: site.code, label: site.name }))}
              />
            </Form.Item>
          </div>
        </FormModal>
      )}
    </>
  );
}
