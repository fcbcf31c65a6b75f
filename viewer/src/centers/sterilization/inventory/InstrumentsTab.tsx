import { Button, Form, Input, InputNumber, Segmented, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '../../../shell/access.ts';
import { ExportButton } from '../../../shell/ExportButton.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../../shell/states.tsx';
import { FormModal, filled } from '../catalogue/FormModal.tsx';
import type { InstrumentItem, ReadCode } from '../types.ts';
import { useCatalogue, useSterilization } from '../useSterilization.ts';
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
  const instruments = useSterilization<{ items: InstrumentItem[] }>(
    `instruments?limit=500&q=${encodeURIComponent(q)}${state ? `&state=${state}` : ''}`,
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
        <span className="hub-quiet">{t('catalogue.count', { n: rows.length })}</span>
        <span className="hub-grow" />
        <ExportButton
          name="instruments"
          rows={rows}
          columns={[
            { title: t('inventory.code'), text: (row: InstrumentItem) => row.code },
            { title: t('catalogue.instrument'), text: (row: InstrumentItem) => row.typeName },
            { title: t('pack.tray'), text: (row: InstrumentItem) => row.trayCode ?? '' },
            { title: t('inventory.uses'), text: (row: InstrumentItem) => String(row.useCount) },
            { title: t('inventory.maxUses'), text: (row: InstrumentItem) => String(row.maxUses ?? '') },
            { title: t('inventory.repairs'), text: (row: InstrumentItem) => String(row.repairs) },
            { title: t('inventory.state'), text: (row: InstrumentItem) => t(`trayState.${row.state}`) },
          ]}
        />
      </div>
      {rows.length === 0 ? (
        <Empty text={t('inventory.noInstruments')} />
      ) : (
        <Table<InstrumentItem>
          size="small"
          rowKey="id"
          pagination={{ pageSize: 100, hideOnSinglePage: true }}
          dataSource={rows}
          onRow={(row) => ({ onClick: () => setOpen(row.code), style: { cursor: 'pointer' } })}
          columns={[
            {
              title: t('inventory.code'),
              sorter: (a, b) => a.code.localeCompare(b.code),
              render: (_, row) => (
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
            { title: t('catalogue.instrument'), dataIndex: 'typeName' },
            { title: t('pack.tray'), dataIndex: 'trayCode' },
            {
              title: t('inventory.uses'),
              align: 'right',
              sorter: (a, b) => a.useCount - b.useCount,
              render: (_, row) => (
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
              sorter: (a, b) => a.repairs - b.repairs,
              dataIndex: 'repairs',
            },
            {
              title: t('inventory.state'),
              render: (_, row) => (
                <span className={row.state === 'in-use' ? '' : 'hub-tone-warn'}>
                  {t(`trayState.${row.state}`)} {row.openFault ?? ''}
                </span>
              ),
            },
            { title: t('gs1.serialNumber'), dataIndex: 'serialNumber' },
            { title: t('gs1.lot'), dataIndex: 'lot' },
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
