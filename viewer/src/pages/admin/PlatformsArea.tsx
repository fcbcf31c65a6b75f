import { Alert, Button, Form, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { AdminList } from './AdminList.tsx';
import { useRefresh } from './useRefresh.ts';

interface Platform {
  id: string;
  name: string;
  baseUrl: string;
  active: boolean;
  /** Range in which its results are recognised where they carry no label; none: shown for reference. */
  recognizedAs: string | null;
  hasToken: boolean;
}
type Values = Pick<Platform, 'name' | 'baseUrl' | 'active'> & { recognizedAs?: string; token?: string };
const RANGES = ['nation', 'region', 'province', 'city'];

/** Other platforms that are asked for earlier results of a patient. */
export default function PlatformsArea() {
  const { t } = useTranslation(['admin', 'shell', 'quality']);
  const refresh = useRefresh(['platforms']);
  const [edited, setEdited] = useState<Partial<Platform> | null>(null);
  return (
    <>
      <Alert type="info" title={t('platforms.hint')} style={{ marginBottom: 8 }} />
      <AdminList<Platform>
        name={t('areas.platforms')}
        queryKey={['platforms']}
        path="/api/recognition/platforms"
        rowKey="id"
        columns={[
          { key: 'name', title: t('name'), text: (row) => row.name },
          { key: 'url', title: t('platforms.url'), text: (row) => row.baseUrl },
          {
            key: 'recognizedAs',
            title: t('platforms.recognizedAs'),
            text: (row) =>
              row.recognizedAs ? t(`quality:recognition.ranges.${row.recognizedAs}`) : t('platforms.byLabel'),
          },
          {
            key: 'token',
            title: t('platforms.token'),
            width: 110,
            text: (row) => (row.hasToken ? t('platforms.withToken') : ''),
          },
          {
            key: 'state',
            title: t('state'),
            width: 80,
            text: (row) => (row.active ? t('active') : t('inactive')),
          },
        ]}
        actions={
          <Button type="primary" onClick={() => setEdited({ active: true })}>
            {t('shell:action.add')}
          </Button>
        }
        rowActions={(row) => (
          <Button size="small" type="link" onClick={() => setEdited(row)}>
            {t('platforms.change')}
          </Button>
        )}
      />
      <FormDialog<Values>
        open={edited !== null}
        title={edited?.id ? t('platforms.change') : t('platforms.add')}
        initial={{ ...edited, recognizedAs: edited?.recognizedAs ?? '' }}
        onClose={() => setEdited(null)}
        onSave={async ({ name, baseUrl, active, recognizedAs, token }) => {
          const body = { name, baseUrl, active, recognizedAs: recognizedAs || null, ...(token && { token }) };
          await (edited?.id
            ? put(`/api/recognition/platforms/${edited.id}`, body)
            : post('/api/recognition/platforms', body));
          refresh();
        }}
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item
          name="baseUrl"
          label={t('platforms.url')}
          rules={[{ required: true, pattern: /^https?:\/\/\S+$/, message: t('platforms.urlForm') }]}
        >
          <Input maxLength={300} placeholder="https://" />
        </Form.Item>
        <Form.Item
          name="token"
          label={t('platforms.token')}
          {...(edited?.id && { extra: t('platforms.tokenKept') })}
        >
          <Input.Password maxLength={4000} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="recognizedAs"
          label={t('platforms.recognizedAs')}
          extra={t('platforms.recognizedAsHint')}
        >
          <Select
            options={[
              { value: '', label: t('platforms.byLabel') },
              ...RANGES.map((value) => ({ value, label: t(`quality:recognition.ranges.${value}`) })),
            ]}
          />
        </Form.Item>
        <Form.Item name="active" label={t('platforms.active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </FormDialog>
    </>
  );
}
