import { Alert, Button, Form, Input, InputNumber, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';

interface Device {
  id: string;
  kind: string;
  name: string;
  institutionId: string | null;
  institutionName: string | null;
  aeTitle: string | null;
  address: string | null;
  hl7Sender: string | null;
  certificateFingerprint: string | null;
  dicomPort: number | null;
  modality: string | null;
  clockOffsetMs: number | null;
  state: 'unknown' | 'admitted' | 'blocked';
  firstSeenAt: string;
  lastSeenAt: string | null;
  attempts: number;
}
/** Where a device listens, or from where it calls. */
const addressOf = ({ address, dicomPort }: Device) =>
  address && dicomPort ? `${address}:${dicomPort}` : (address ?? '');
const kinds = ['dicom', 'hl7', 'analyzer', 'ecg', 'sterilizer', 'scanner'];

/** Devices and senders; callers nobody knows stand first, to be admitted or blocked. */
export default function DevicesArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['devices']);
  const act = useAct(refresh);
  const [editing, setEditing] = useState<Partial<Device> | null>(null);
  const admitting = editing?.state === 'unknown' && !!editing.id;
  const set = (row: Device, state: Device['state']) => act(put(`/api/devices/${row.id}`, { state }));
  return (
    <>
      <AdminList<Device>
        name={t('areas.devices')}
        queryKey={['devices']}
        path="/api/devices"
        rowKey="id"
        columns={[
          {
            key: 'state',
            title: t('state'),
            width: 80,
            text: (row) => t(`deviceStates.${row.state}`),
            render: (row) => (
              <span
                className={
                  row.state === 'unknown'
                    ? 'hub-tone-warn'
                    : row.state === 'blocked'
                      ? 'hub-tone-breach'
                      : 'hub-tone-done'
                }
              >
                {t(`deviceStates.${row.state}`)}
              </span>
            ),
          },
          { key: 'kind', title: t('kind'), width: 90, text: (row) => t(`deviceKinds.${row.kind}`) },
          { key: 'name', title: t('name'), text: (row) => row.name },
          { key: 'who', title: t('callsItself'), text: (row) => row.aeTitle ?? row.hl7Sender ?? '' },
          { key: 'address', title: t('address'), text: addressOf },
          { key: 'institution', title: t('institution'), text: (row) => row.institutionName ?? '' },
          { key: 'seen', title: t('lastSeen'), width: 130, text: (row) => dateTime(row.lastSeenAt) },
          {
            key: 'attempts',
            title: t('attempts'),
            width: 70,
            text: (row) => (row.attempts ? String(row.attempts) : ''),
          },
        ]}
        actions={
          <Button type="primary" onClick={() => setEditing({ kind: 'dicom' })}>
            {t('shell:action.add')}
          </Button>
        }
        rowActions={(row) => (
          <>
            <Button
              size="small"
              type={row.state === 'unknown' ? 'primary' : 'link'}
              onClick={() => setEditing(row)}
            >
              {t(row.state === 'unknown' ? 'admit' : 'shell:action.edit')}
            </Button>
            {row.state === 'blocked' ? (
              <Popconfirm
                title={t('admitAgain', { name: row.aeTitle ?? row.name })}
                onConfirm={() => set(row, 'admitted')}
              >
                <Button size="small" type="link">
                  {t('admit')}
                </Button>
              </Popconfirm>
            ) : (
              <Popconfirm
                title={t('blockQuestion', { name: row.aeTitle ?? row.name })}
                onConfirm={() => set(row, 'blocked')}
              >
                <Button size="small" type="link" danger>
                  {t('block')}
                </Button>
              </Popconfirm>
            )}
          </>
        )}
      />
      <FormDialog<Device>
        open={editing !== null}
        title={t(admitting ? 'admitDevice' : editing?.id ? 'editDevice' : 'addDevice')}
        initial={editing ?? {}}
        okText={t(admitting ? 'admit' : 'shell:action.save')}
        onClose={() => setEditing(null)}
        onSave={async (values) => {
          if (editing?.id)
            await put(`/api/devices/${editing.id}`, {
              ...values,
              ...(editing.state === 'blocked' ? {} : { state: 'admitted' }),
            });
          else await post('/api/devices', values);
          refresh();
        }}
      >
        {admitting && (
          <Alert
            type="info"
            title={t('admitHint', {
              ae: editing.aeTitle ?? editing.hl7Sender ?? '',
              address: editing.address ?? '',
              n: editing.attempts ?? 0,
            })}
            style={{ marginBottom: 10 }}
          />
        )}
        <Form.Item name="kind" label={t('kind')}>
          <Select options={kinds.map((value) => ({ value, label: t(`deviceKinds.${value}`) }))} />
        </Form.Item>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item
          name="institutionId"
          label={t('institution')}
          rules={[{ required: true, message: t('deviceInstitution') }]}
        >
          <InstitutionSelect />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(a: Partial<Device>, b: Partial<Device>) => a.kind !== b.kind}>
          {({ getFieldValue }) =>
            getFieldValue('kind') === 'hl7' ? (
              <Form.Item name="hl7Sender" label={t('hl7Sender')} extra="MSH-3|MSH-4">
                <Input maxLength={200} />
              </Form.Item>
            ) : (
              <Form.Item
                name="aeTitle"
                label="AE title"
                rules={[{ pattern: /^[\x20-\x7e]{1,16}$/, message: t('aeForm') }]}
              >
                <Input maxLength={16} />
              </Form.Item>
            )
          }
        </Form.Item>
        <Form.Item name="address" label={t('address')}>
          <Input maxLength={80} placeholder="10.1.2.3" />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(a: Partial<Device>, b: Partial<Device>) => a.kind !== b.kind}>
          {({ getFieldValue }) =>
            getFieldValue('kind') === 'dicom' && (
              <Form.Item name="dicomPort" label={t('dicomPort')} extra={t('dicomPortHint')}>
                <InputNumber min={1} max={65_535} precision={0} placeholder="11112" />
              </Form.Item>
            )
          }
        </Form.Item>
        <Form.Item name="certificateFingerprint" label={t('certificate')}>
          <Input maxLength={128} placeholder="SHA-256" />
        </Form.Item>
        <Form.Item name="modality" label={t('modality')}>
          <Input maxLength={16} placeholder="CT" />
        </Form.Item>
        <Form.Item name="clockOffsetMs" label={t('clockOffset')}>
          <InputNumber suffix="ms" />
        </Form.Item>
      </FormDialog>
    </>
  );
}
