import { Button, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '../../../shell/access.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
import { FormModal, filled } from '../catalogue/FormModal.tsx';
import type { InstrumentItem, ReadCode } from '../types.ts';
import { useCatalogue, useSterilizationAll } from '../useSterilization.ts';
import { CodeField } from './CodeField.tsx';
import { InstrumentDrawer } from './InstrumentDrawer.tsx';

interface Values {
  code: string;
  instrumentTypeCode: string;
  tray?: string;
  serialNumber?: string;
  maxUses?: number;
}

/** Single instruments with their own code: uses against the maker's limit, repairs, history. */
export function InstrumentsTab({ q }: { q: string }) {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const [state, setState] = useState('');
  const [adding, setAdding] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const instruments = useSterilizationAll<InstrumentItem>(
    `instruments?limit=200&q=${encodeURIComponent(q)}${state ? `&state=${state}` : ''}`,
  );
  if (instruments.isPending) return <Loading />;
  if (instruments.isError)
    return <Failed error={instruments.error} retry={() => void instruments.refetch()} />;
  const rows = instruments.data.items;
  return (
    <>
      <div className="hub-bar cssd-tab-bar">
        {may(session, 'bench.work') && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('inventory.newInstrument')}
          </Button>
        )}
        <Segmented
          value={state}
          onChange={setState}
          options={['', 'in-use', 'repair', 'retired', 'lost'].map((value) => ({
            value,
            label: value === '' ? t('load.all') : t(`trayState.${value}`),
          }))}
        />
      </div>
      {rows.length === 0 ? (
        <Empty text={t('inventory.noInstruments')} />
      ) : (
        <ListTable<InstrumentItem>
          searchable={false}
          name="instruments"
          rowKey="id"
          empty={t('inventory.noInstruments')}
          rows={rows}
          onOpen={(row) => setOpen(row.code)}
          columns={[
            {
              title: t('inventory.code'),
              render: (row) => (
                <Button
                  type="link"
                  size="small"
                  onClick={(event) => {
                    event.stopPropagation();
                    setOpen(row.code);
                  }}
                >
                  {row.code}
                </Button>
              ),
            },
            { title: t('catalogue.instrument'), text: (row) => row.typeName },
            { title: t('pack.tray'), text: (row) => row.trayCode },
            {
              title: t('inventory.uses'),
              align: 'right',
              render: (row) => (
                <span
                  className={
                    row.maxUses !== null && row.useCount >= row.maxUses
                      ? 'hub-tone-breach'
                      : row.maxUses !== null && row.useCount >= row.maxUses * 0.9
                        ? 'hub-tone-warn'
                        : ''
                  }
                >
                  {row.useCount}
                  {row.maxUses !== null && ` / ${row.maxUses}`}
                </span>
              ),
            },
            {
              title: t('inventory.repairs'),
              align: 'right',
              text: (row) => row.repairs,
            },
            {
              title: t('inventory.state'),
              render: (row) => (
                <span className={row.state === 'in-use' ? '' : 'hub-tone-warn'}>
                  {t(`trayState.${row.state}`)} {row.openFault ?? ''}
                </span>
              ),
            },
            { title: t('gs1.serialNumber'), text: (row) => row.serialNumber },
            { title: t('gs1.lot'), text: (row) => row.lot },
          ]}
        />
      )}
      {adding && <Register onClose={() => setAdding(false)} />}
      {open !== null && <InstrumentDrawer code={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Register({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('sterilization');
  const catalogue = useCatalogue();
  const [form] = Form.useForm<Values>();
  const take = (read: ReadCode) => {
    if (read.instrumentType) form.setFieldValue('instrumentTypeCode', read.instrumentType.code);
    if (read.gs1?.serialNumber) form.setFieldValue('serialNumber', read.gs1.serialNumber);
  };
  return (
    <FormModal<Values>
      title={t('inventory.newInstrument')}
      act="register-instrument"
      form={form}
      initial={{}}
      body={(values) => filled({ ...values })}
      onClose={onClose}
    >
      <Form.Item
        name="code"
        label={t('inventory.code')}
        extra={t('inventory.instrumentHint')}
        rules={[{ required: true, message: t('form.required') }]}
      >
        <CodeField onRead={take} />
      </Form.Item>
      <div className="cssd-figures">
        <Form.Item
          name="instrumentTypeCode"
          label={t('catalogue.instrument')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Select
            showSearch
            optionFilterProp="label"
            options={(catalogue.data?.instrumentTypes ?? []).map((type) => ({
              value: type.code,
              label: `${type.name} ${type.code}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="tray" label={t('inventory.inTray')}>
          <Input />
        </Form.Item>
        <Form.Item name="serialNumber" label={t('gs1.serialNumber')}>
          <Input />
        </Form.Item>
        <Form.Item name="maxUses" label={t('inventory.maxUses')}>
          <InputNumber min={1} style={{ width: '100%' }} />
        </Form.Item>
      </div>
    </FormModal>
  );
}
