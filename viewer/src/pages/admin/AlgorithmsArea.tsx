import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Radio, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { centerKinds } from '../../api/types.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';

interface Algorithm {
  id: string;
  name: string;
  version: string;
  vendor: string;
  intendedUse: string;
  registrationNumber: string | null;
  center: string;
  modalities: string[];
  builtIn: string | null;
  mayRaisePriority: boolean;
  active: boolean;
  institutionName: string | null;
  done: number;
  waiting: number;
  failed: number;
  lastError: string | null;
}
interface Registration {
  name: string;
  version: string;
  vendor: string;
  intendedUse: string;
  registrationNumber?: string | null;
  institutionId: string;
  center: string;
  modalities?: string[];
  where: 'built-in' | 'outside';
  builtIn?: string;
  tokenId?: string;
  judges: 'disease' | 'image';
  mayRaisePriority?: boolean;
}
const modalities = ['CT', 'MR', 'DX', 'CR', 'MG', 'US', 'XA', 'ECG'];

/** Algorithms as devices: one of the hub itself, or one outside that fetches its cases with a token. They draft, never sign. */
export default function AlgorithmsArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['algorithms']);
  const act = useAct(refresh);
  const [adding, setAdding] = useState(false);
  const center = (value: string) => t(`shell:center.${value}`);
  return (
    <>
      <AdminList<Algorithm>
        name={t('areas.algorithms')}
        queryKey={['algorithms', 'admin']}
        path="/api/algorithms"
        rowKey="id"
        columns={[
          { key: 'name', title: t('name'), text: (row) => `${row.name} ${row.version}` },
          { key: 'vendor', title: t('algorithm.vendor'), text: (row) => row.vendor },
          { key: 'institution', title: t('institution'), text: (row) => row.institutionName ?? '' },
          {
            key: 'center',
            title: t('algorithm.input'),
            text: (row) => `${center(row.center)} ${row.modalities.join(' ')}`.trim(),
          },
          {
            key: 'where',
            title: t('algorithm.where'),
            text: (row) => row.builtIn ?? t('algorithm.outside'),
          },
          {
            key: 'registration',
            title: t('algorithm.registration'),
            text: (row) => row.registrationNumber ?? t('algorithm.research'),
          },
          {
            key: 'cases',
            title: t('algorithm.cases'),
            text: (row) => `${row.done} / ${row.waiting} / ${row.failed}`,
            render: (row) => (
              <span title={row.lastError ?? ''}>{`${row.done} / ${row.waiting} / ${row.failed}`}</span>
            ),
          },
          {
            key: 'active',
            title: t('active'),
            text: (row) => t(row.active ? 'yes' : 'no'),
            render: (row) => (
              <Switch
                size="small"
                checked={row.active}
                aria-label={`${t('active')} ${row.name}`}
                onChange={(active) => void act(post(`/api/algorithms/${row.id}/active`, { active }))}
              />
            ),
          },
        ]}
        actions={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('algorithm.register')}
          </Button>
        }
      />
      <RegisterDialog open={adding} onClose={() => setAdding(false)} onDone={refresh} />
    </>
  );
}

function RegisterDialog({
  open,
  onClose,
  onDone,
}: {
  open: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation(['admin', 'shell']);
  const known = useQuery({
    queryKey: ['algorithms', 'built-in'],
    queryFn: async () =>
      (await get<{ builtIn: { name: string; center: string }[] }>('/api/algorithms')).builtIn,
    enabled: open,
  });
  const tokens = useQuery({
    queryKey: ['tokens'],
    queryFn: async () =>
      (
        await get<{ items: { id: string; name: string; verbs: string[]; revokedAt: string | null }[] }>(
          '/api/tokens',
        )
      ).items,
    enabled: open,
  });
  const required = [{ required: true, message: t('required') }];
  return (
    <FormDialog<Registration>
      open={open}
      title={t('algorithm.register')}
      initial={START}
      width={600}
      onClose={onClose}
      onSave={async ({ where, builtIn, tokenId, ...values }) => {
        await post('/api/algorithms', { ...values, ...(where === 'built-in' ? { builtIn } : { tokenId }) });
        onDone();
      }}
    >
      {(form) => (
        <>
          <Alert type="info" title={t('algorithm.about')} style={{ marginBottom: 10 }} />
          <Form.Item name="name" label={t('name')} rules={required}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="version" label={t('algorithm.version')} rules={required}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="vendor" label={t('algorithm.vendor')} rules={required}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="intendedUse" label={t('algorithm.use')} rules={required}>
            <Input maxLength={300} />
          </Form.Item>
          <Form.Item
            name="registrationNumber"
            label={t('algorithm.registration')}
            extra={t('algorithm.registrationHint')}
          >
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="institutionId" label={t('algorithm.site')} rules={required}>
            <InstitutionSelect />
          </Form.Item>
          <Form.Item name="center" label={t('shell:order.center')} rules={required}>
            <Select options={centerKinds.map((value) => ({ value, label: t(`shell:center.${value}`) }))} />
          </Form.Item>
          <Form.Item name="modalities" label={t('algorithm.modalities')}>
            <Select mode="tags" options={modalities.map((value) => ({ value, label: value }))} />
          </Form.Item>
          <Form.Item name="where" label={t('algorithm.where')}>
            <Radio.Group
              options={[
                { value: 'built-in', label: t('algorithm.builtIn') },
                { value: 'outside', label: t('algorithm.outside') },
              ]}
            />
          </Form.Item>
          <Form.Item noStyle dependencies={['where', 'center']}>
            {() =>
              form.getFieldValue('where') === 'built-in' ? (
                <Form.Item name="builtIn" label={t('algorithm.builtIn')} rules={required}>
                  <Select
                    loading={known.isPending}
                    options={(known.data ?? [])
                      .filter((each) => each.center === form.getFieldValue('center'))
                      .map(({ name }) => ({ value: name, label: name }))}
                  />
                </Form.Item>
              ) : (
                <Form.Item
                  name="tokenId"
                  label={t('areas.tokens')}
                  rules={required}
                  extra={t('algorithm.tokenHint')}
                >
                  <Select
                    loading={tokens.isPending}
                    options={(tokens.data ?? [])
                      .filter((each) => !each.revokedAt && each.verbs.includes('input.read'))
                      .map(({ id, name }) => ({ value: id, label: name }))}
                  />
                </Form.Item>
              )
            }
          </Form.Item>
          <Form.Item name="judges" label={t('algorithm.judges.label')} extra={t('algorithm.judges.hint')}>
            <Radio.Group
              options={(['disease', 'image'] as const).map((value) => ({
                value,
                label: t(`algorithm.judges.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="mayRaisePriority" label={t('algorithm.raise')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </>
      )}
    </FormDialog>
  );
}

const START: Partial<Registration> = {
  center: 'imaging',
  where: 'built-in',
  modalities: [],
  judges: 'disease',
};
