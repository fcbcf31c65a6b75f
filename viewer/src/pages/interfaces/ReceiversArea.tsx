import { App, Button, Checkbox, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';
import { useInstitutions } from '../../shell/useInstitutions.ts';
import { AdminList } from '../admin/AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useRefresh } from '../admin/useRefresh.ts';
import { INTERFACES } from './useInterfaces.ts';

interface Receiver {
  institution: string;
  institutionName: string;
  host: string;
  port: number;
  tls: boolean;
  tlsFingerprint: string | null;
  receivingApplication: string;
  receivingFacility: string | null;
  version: string;
  charset: string;
  pdf: 'ED' | 'RP' | 'none';
  centers: string[];
  quirks: Record<string, string | boolean | null>;
  ackTimeoutSeconds: number;
  active: boolean;
  waiting: number;
  dead: number;
  ambiguous: number;
  lastSentAt: string | null;
}
const fresh: Partial<Receiver> = {
  port: 2575,
  receivingApplication: 'HIS',
  version: '2.4',
  charset: 'utf-8',
  pdf: 'ED',
  centers: ['imaging', 'ecg', 'lab', 'pathology'],
  ackTimeoutSeconds: 15,
  active: true,
  quirks: {},
};
const values = (list: string[]) => list.map((value) => ({ value, label: value }));

/** Where signed results go, one receiver an institution, and how it wants them: a profile is data. */
export default function ReceiversArea() {
  const { t } = useTranslation(['interfaces', 'shell']);
  const { message } = App.useApp();
  const key = [...INTERFACES, 'endpoints'];
  const refresh = useRefresh(key);
  const institutions = useInstitutions();
  const [editing, setEditing] = useState<Partial<Receiver> | null>(null);
  const [trying, setTrying] = useState('');
  const reach = async (row: Receiver) => {
    setTrying(row.institution);
    try {
      const said = await post<{ reached: boolean; durationMs: number; reason: string | null }>(
        `/api/hl7/endpoints/${row.institution}/try`,
      );
      if (said.reached) void message.success(t('receiver.reached', { n: said.durationMs }));
      else void message.error(t('receiver.notReached', { reason: said.reason ?? '' }));
    } catch (error) {
      void message.error(errorText(error, t));
    } finally {
      setTrying('');
    }
  };
  const count = (n: number, tone: string) => (n > 0 ? <span className={`hub-tone-${tone}`}>{n}</span> : '');
  return (
    <div className="hub-scroll">
      <AdminList<Receiver>
        name={t('tabs.receivers')}
        queryKey={key}
        path="/api/hl7/endpoints"
        rowKey="institution"
        columns={[
          { key: 'institution', title: t('receiver.institution'), text: (row) => row.institutionName },
          {
            key: 'host',
            title: t('receiver.host'),
            text: (row) => `${row.host}:${row.port}${row.tls ? ' TLS' : ''}`,
          },
          {
            key: 'form',
            title: t('receiver.version'),
            text: (row) => `${row.version} · ${row.charset} · ${t(`receiver.pdfs.${row.pdf}`)}`,
          },
          {
            key: 'centers',
            title: t('receiver.centers'),
            text: (row) => row.centers.map((each) => t(`shell:center.${each}`)).join('、'),
          },
          {
            key: 'active',
            title: t('state'),
            width: 70,
            text: (row) => t(row.active ? 'receiver.active' : 'receiver.inactive'),
            render: (row) => (
              <span className={row.active ? 'hub-tone-done' : 'hub-quiet'}>
                {t(row.active ? 'receiver.active' : 'receiver.inactive')}
              </span>
            ),
          },
          {
            key: 'waiting',
            title: t('receiver.waiting'),
            width: 70,
            text: (row) => String(row.waiting),
            render: (row) => count(row.waiting, 'waiting'),
          },
          {
            key: 'dead',
            title: t('receiver.dead'),
            width: 70,
            text: (row) => String(row.dead),
            render: (row) => count(row.dead, 'breach'),
          },
          {
            key: 'ambiguous',
            title: t('receiver.ambiguous'),
            width: 70,
            text: (row) => String(row.ambiguous),
            render: (row) => count(row.ambiguous, 'warn'),
          },
          { key: 'last', title: t('receiver.last'), width: 140, text: (row) => dateTime(row.lastSentAt) },
        ]}
        actions={
          <Button type="primary" onClick={() => setEditing(fresh)}>
            {t('receiver.add')}
          </Button>
        }
        rowActions={(row) => (
          <>
            <Button
              size="small"
              type="link"
              loading={trying === row.institution}
              onClick={() => void reach(row)}
            >
              {t('receiver.try')}
            </Button>
            <Button size="small" type="link" onClick={() => setEditing(row)}>
              {t('edit')}
            </Button>
          </>
        )}
      />
      <FormDialog<Receiver>
        open={editing !== null}
        width={640}
        title={t(editing?.institutionName ? 'receiver.edit' : 'receiver.add')}
        initial={editing ?? {}}
        onClose={() => setEditing(null)}
        onSave={async ({ institution, ...rest }) => {
          await put(`/api/hl7/endpoints/${institution}`, rest);
          refresh();
        }}
      >
        <Form.Item
          name="institution"
          label={t('receiver.institution')}
          rules={[{ required: true, message: t('receiver.required') }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            disabled={!!editing?.institutionName}
            options={(institutions.data ?? []).map((each) => ({
              value: each.code,
              label: `${each.name} ${each.code}`,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="host"
          label={t('receiver.host')}
          rules={[{ required: true, message: t('receiver.required') }]}
        >
          <Input maxLength={200} placeholder="10.1.2.3" />
        </Form.Item>
        <Form.Item
          name="port"
          label={t('receiver.port')}
          rules={[{ required: true, message: t('receiver.required') }]}
        >
          <InputNumber min={1} max={65535} />
        </Form.Item>
        <Form.Item name="tls" label={t('receiver.tls')} valuePropName="checked">
          <Switch size="small" />
        </Form.Item>
        <Form.Item noStyle shouldUpdate={(a: Partial<Receiver>, b: Partial<Receiver>) => a.tls !== b.tls}>
          {({ getFieldValue }) =>
            getFieldValue('tls') ? (
              <Form.Item
                name="tlsFingerprint"
                label={t('receiver.fingerprint')}
                extra={t('receiver.fingerprintHint')}
              >
                <Input maxLength={128} placeholder="SHA-256" />
              </Form.Item>
            ) : null
          }
        </Form.Item>
        <Form.Item name="receivingApplication" label={t('receiver.application')}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="receivingFacility" label={t('receiver.facility')}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="version" label={t('receiver.version')}>
          <Select options={values(['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6'])} />
        </Form.Item>
        <Form.Item name="charset" label={t('receiver.charset')}>
          <Select options={values(['utf-8', 'gb18030', 'us-ascii', 'iso-8859-1'])} />
        </Form.Item>
        <Form.Item name="pdf" label={t('receiver.pdf')}>
          <Select
            options={['ED', 'RP', 'none'].map((value) => ({ value, label: t(`receiver.pdfs.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="centers" label={t('receiver.centers')}>
          <Checkbox.Group
            options={['imaging', 'ecg', 'lab', 'pathology'].map((value) => ({
              value,
              label: t(`shell:center.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="ackTimeoutSeconds" label={t('receiver.timeout')}>
          <InputNumber min={1} max={300} suffix={t('receiver.seconds')} />
        </Form.Item>
        <Form.Item name="active" label={t('receiver.active')} valuePropName="checked">
          <Switch size="small" />
        </Form.Item>
        <Form.Item label={t('receiver.quirks')}>
          <span className="hub-row">
            {(['splitNames', 'splitLines', 'noTimeZone'] as const).map((name) => (
              <Form.Item key={name} name={['quirks', name]} valuePropName="checked" noStyle>
                <Checkbox>{t(`receiver.${name}`)}</Checkbox>
              </Form.Item>
            ))}
          </span>
        </Form.Item>
        {(['charsetName', 'sendingApplication', 'sendingFacility', 'idCardType'] as const).map((name) => (
          <Form.Item key={name} name={['quirks', name]} label={t(`receiver.${name}`)}>
            <Input maxLength={name === 'idCardType' ? 20 : 30} />
          </Form.Item>
        ))}
        <Form.Item name={['quirks', 'textType']} label={t('receiver.textType')}>
          <Select allowClear options={values(['FT', 'TX', 'ST'])} placeholder="FT" />
        </Form.Item>
      </FormDialog>
    </div>
  );
}
