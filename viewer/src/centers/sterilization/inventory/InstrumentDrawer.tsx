import { Button, Descriptions, Drawer, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { useSession } from '../../../shell/session.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { FormModal, filled } from '../catalogue/FormModal.tsx';
import { pictureUrl } from '../catalogue/PictureField.tsx';
import type { InstrumentDetail } from '../types.ts';
import { useSterilization } from '../useSterilization.ts';

/** One instrument: where it was used, what was repaired; to repair and back. */
export function InstrumentDrawer({ code, onClose }: { code: string; onClose: () => void }) {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const instrument = useSterilization<InstrumentDetail>(`instruments/${encodeURIComponent(code)}`);
  const [repairing, setRepairing] = useState(false);
  const { data } = instrument;
  return (
    <Drawer
      open
      size={860}
      title={data ? `${data.typeName} · ${data.code}` : code}
      onClose={onClose}
      extra={
        data &&
        may(session, 'bench.work') &&
        (data.state === 'in-use' || data.state === 'repair') && (
          <Button onClick={() => setRepairing(true)}>
            {t(data.state === 'repair' ? 'inventory.fromRepair' : 'inventory.toRepair')}
          </Button>
        )
      }
    >
      {instrument.isPending ? (
        <Loading />
      ) : instrument.isError ? (
        <Failed error={instrument.error} retry={() => void instrument.refetch()} />
      ) : (
        <div className="cssd-stack">
          {instrument.data.pictureSha256 && (
            <img
              className="cssd-picture"
              src={pictureUrl(instrument.data.pictureSha256)}
              alt={instrument.data.typeName}
            />
          )}
          <Descriptions
            size="small"
            column={3}
            items={[
              {
                key: 's',
                label: t('inventory.state'),
                children: t(`trayState.${instrument.data.state}`),
              },
              {
                key: 'u',
                label: t('inventory.uses'),
                children: `${instrument.data.useCount}${instrument.data.maxUses === null ? '' : ` / ${instrument.data.maxUses}`}`,
              },
              { key: 't', label: t('pack.tray'), children: instrument.data.trayCode ?? '—' },
              { key: 'g', label: 'GTIN', children: instrument.data.gtin ?? '—' },
              {
                key: 'n',
                label: t('gs1.serialNumber'),
                children: instrument.data.serialNumber || '—',
              },
              { key: 'l', label: t('gs1.lot'), children: instrument.data.lot || '—' },
            ]}
          />
          <ListTable
            name="repairs"
            heading={t('inventory.repairHistory')}
            rowKey="id"
            rows={instrument.data.repairs}
            empty={t('inventory.noRepairs')}
            columns={[
              { title: t('inventory.reportedAt'), render: (row) => dateTime(row.reportedAt) },
              { title: t('record.who'), text: (row) => row.reportedBy },
              { title: t('inventory.fault'), text: (row) => row.fault },
              {
                title: t('inventory.repairedAt'),
                render: (row) =>
                  row.repairedAt ? (
                    `${dateTime(row.repairedAt)} ${row.repairedBy ?? ''}`
                  ) : (
                    <b className="hub-tone-warn">{t('trayState.repair')}</b>
                  ),
              },
              {
                title: t('inventory.result'),
                render: (row) => (row.result ? t(`repairResult.${row.result}`) : ''),
              },
            ]}
          />
          <div className="hub-bar">
            <h2 className="hub-title">{t('inventory.useHistory')}</h2>
            <Link to={`/sterilization/trace?code=${encodeURIComponent(instrument.data.code)}`}>
              {t('inventory.traceAll')}
            </Link>
          </div>
          <ListTable
            name="uses"
            rowKey="code"
            rows={instrument.data.uses}
            empty={t('inventory.never')}
            columns={[
              {
                title: t('pack.code'),
                render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
              },
              { title: t('pack.name'), text: (row) => row.setName },
              { title: t('pack.state'), render: (row) => t(`state.${row.state}`) },
              {
                title: t('load.number'),
                render: (row) =>
                  row.loadId ? <Link to={`/sterilization/loads/${row.loadId}`}>{row.loadNumber}</Link> : '',
              },
              {
                title: t('trace.usedAt'),
                render: (row) => (row.usedAt ? dateTime(row.usedAt) : ''),
              },
              { title: t('request.site'), text: (row) => row.institution },
            ]}
          />
        </div>
      )}
      {repairing && data && <RepairDialog instrument={data} onClose={() => setRepairing(false)} />}
    </Drawer>
  );
}

function RepairDialog({ instrument, onClose }: { instrument: InstrumentDetail; onClose: () => void }) {
  const { t } = useTranslation('sterilization');
  const back = instrument.state === 'repair';
  return (
    <FormModal<{ fault?: string; result?: string; repairedBy?: string }>
      title={`${t(back ? 'inventory.fromRepair' : 'inventory.toRepair')} · ${instrument.code}`}
      act="repair-instrument"
      initial={back ? { result: 'repaired' } : {}}
      body={(values) => ({ code: instrument.code, ...filled({ ...values }) })}
      width={480}
      onClose={onClose}
    >
      {back ? (
        <>
          <Form.Item name="result" label={t('inventory.result')}>
            <Segmented
              options={['repaired', 'retired'].map((value) => ({
                value,
                label: t(`repairResult.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="repairedBy" label={t('inventory.repairedBy')}>
            <Input maxLength={80} />
          </Form.Item>
        </>
      ) : (
        <Form.Item
          name="fault"
          label={t('inventory.fault')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
      )}
    </FormModal>
  );
}
