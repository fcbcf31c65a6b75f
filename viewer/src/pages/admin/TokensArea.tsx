import { Alert, Button, Form, Input, InputNumber, Modal, Popconfirm, Select, Typography } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { del, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { scopeText, verbText } from './tokenWords.ts';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';

interface Token {
  id: string;
  name: string;
  verbs: string[];
  scopes: string[];
  institutionName: string;
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
}
const verbs = [
  'order.request',
  'order.read',
  'order.cancel',
  'order.accept',
  'input.upload',
  'input.read',
  'input.download',
  'report.read',
  'report.acknowledge',
  'critical.acknowledge',
  'specimen.collect',
  'specimen.transport',
  'specimen.receive',
  'bench.work',
  'patient.read',
  'figures.read',
  'recognition.decide',
];
const scopes = [
  'system/*.rs',
  'system/ServiceRequest.c',
  ...['Patient', 'ServiceRequest', 'Specimen', 'Task', 'DiagnosticReport', 'Observation', 'ImagingStudy', 'Provenance', 'Organization', 'Practitioner'].map((type) => `system/${type}.rs`),
  'system/Binary.r',
]; // prettier-ignore

/** The words of a right, and behind them the name that programs know it by. */
const namedOption = ({ label, value }: { label?: ReactNode; value?: string | number }) => (
  <>
    {label} <span className="hub-quiet">{label === value ? '' : value}</span>
  </>
);

/** Tokens of machines; the secret is shown once. */
export default function TokensArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['tokens']);
  const act = useAct(refresh);
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const inWords = (row: Token) =>
    [...row.verbs.map((verb) => verbText(verb, t)), ...row.scopes.map((scope) => scopeText(scope, t))].join(
      t('listComma'),
    );
  const state = (row: Token) =>
    row.revokedAt ? t('revoked') : Date.parse(row.expiresAt) < Date.now() ? t('expired') : t('active');
  return (
    <>
      <AdminList<Token>
        name={t('areas.tokens')}
        queryKey={['tokens']}
        path="/api/tokens"
        rowKey="id"
        columns={[
          { key: 'name', title: t('name'), text: (row) => row.name },
          { key: 'institution', title: t('institution'), text: (row) => row.institutionName },
          { key: 'verbs', title: t('rolesTitle'), wrap: 420, text: inWords },
          { key: 'expires', title: t('expires'), width: 130, text: (row) => dateTime(row.expiresAt) },
          { key: 'used', title: t('lastUsed'), width: 130, text: (row) => dateTime(row.lastUsedAt) },
          { key: 'state', title: t('state'), width: 80, text: state },
        ]}
        actions={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('shell:action.add')}
          </Button>
        }
        rowActions={(row) =>
          !row.revokedAt && (
            <Popconfirm
              title={t('revokeToken', { name: row.name })}
              onConfirm={() => act(del(`/api/tokens/${row.id}`))}
            >
              <Button size="small" type="link" danger>
                {t('revoke')}
              </Button>
            </Popconfirm>
          )
        }
      />
      <FormDialog<{ name: string; institutionId: string; verbs: string[]; scopes: string[]; days: number }>
        open={adding}
        title={t('addToken')}
        initial={{ days: 365, verbs: ['order.request', 'order.read', 'report.read'], scopes: [] }}
        onClose={() => setAdding(false)}
        onSave={async (values) => {
          const answer = await post<{ token: string }>('/api/tokens', values);
          setMade(answer.token);
          refresh();
        }}
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item
          name="institutionId"
          label={t('institution')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InstitutionSelect />
        </Form.Item>
        <Form.Item name="verbs" label={t('rolesTitle')}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: ['label', 'value'] }}
            optionRender={namedOption}
            options={verbs.map((value) => ({ value, label: verbText(value, t) }))}
          />
        </Form.Item>
        <Form.Item
          name="scopes"
          label={t('fhirScopes')}
          extra={t('fhirScopesHint')}
          dependencies={['verbs']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, chosen: string[] = []) =>
                chosen.length + ((getFieldValue('verbs') as string[] | undefined)?.length ?? 0) > 0
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('required'))),
            }),
          ]}
        >
          <Select
            mode="tags"
            showSearch={{ optionFilterProp: ['label', 'value'] }}
            optionRender={namedOption}
            options={scopes.map((value) => ({ value, label: scopeText(value, t) }))}
          />
        </Form.Item>
        <Form.Item name="days" label={t('days')}>
          <InputNumber min={1} max={730} />
        </Form.Item>
      </FormDialog>
      <Modal
        open={made !== null}
        title={t('tokenMade')}
        footer={null}
        onCancel={() => setMade(null)}
        destroyOnHidden
      >
        <Alert type="warning" title={t('tokenOnce')} style={{ marginBottom: 8 }} />
        <Typography.Text code copyable>
          {made ?? ''}
        </Typography.Text>
      </Modal>
    </>
  );
}
