import { Button, DatePicker, Form, Input, Popconfirm, Select, Switch, Tag } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, post, put } from '../../api/client.ts';
import { centerKinds, type CenterKind } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useSignInMethods } from '../../shell/useSignInMethods.ts';
import { IdentityDialog, type LinkedIdentity } from './IdentityDialog.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';

interface HeldRole {
  id: string;
  role: string;
  centerKind: CenterKind | null;
  institutionId: string;
  institutionName: string;
}
interface Person {
  id: string;
  username: string;
  name: string;
  title: string | null;
  licenceNumber: string | null;
  licenceScope: string[];
  licenceUntil: string | null;
  institutionId: string;
  institutionName: string;
  phone: string | null;
  active: boolean;
  lockedUntil: string | null;
  /** For the security administrator, where an identity provider is configured. */
  identity?: LinkedIdentity | null;
  roles: HeldRole[];
}
const roles = [
  'technician',
  'nurse',
  'clinician',
  'village-doctor',
  'reporter',
  'verifier',
  'center-head',
  'registrar',
  'courier',
  'duty-office',
  'quality',
  'regulator',
  'system-admin',
  'security-admin',
  'auditor',
];

/** What a licence may be limited to. */
const SCOPES = [
  ...['imaging', 'ecg', 'lab', 'pathology'],
  ...['DX', 'CT', 'MR', 'US', 'MG', 'XA'].map((modality) => `imaging:${modality}`),
];

/** People; rights are granted by the security administrator, never to himself. */
export default function StaffArea() {
  const { t } = useTranslation(['admin', 'shell', 'login']);
  const session = useSession();
  const refresh = useRefresh(['staff']);
  const act = useAct(refresh);
  const [editing, setEditing] = useState<Partial<Person> | null>(null);
  const [granting, setGranting] = useState<Person | null>(null);
  const [resetting, setResetting] = useState<Person | null>(null);
  const [linking, setLinking] = useState<Person | null>(null);
  const admin = may(session, 'admin.staff');
  const security = may(session, 'security.grant');
  const provider = useSignInMethods().data?.provider;
  const providerName = provider?.label ?? t('login:provider');
  const linked = (row: Person) => row.identity && (row.identity.account ?? row.identity.subject);
  const roleText = (held: HeldRole) =>
    [
      t(`roles.${held.role}`),
      held.centerKind ? t(`shell:center.${held.centerKind}`) : '',
      held.institutionName,
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <>
      <AdminList<Person>
        name={t('areas.staff')}
        queryKey={['staff']}
        path="/api/staff?limit=200"
        rowKey="id"
        columns={[
          { key: 'username', title: t('username'), width: 120, text: (row) => row.username },
          { key: 'name', title: t('name'), width: 90, text: (row) => row.name },
          { key: 'title', title: t('title'), width: 110, text: (row) => row.title ?? '' },
          { key: 'institution', title: t('institution'), text: (row) => row.institutionName },
          {
            key: 'roles',
            title: t('rolesTitle'),
            text: (row) => row.roles.map(roleText).join('; '),
            render: (row) =>
              row.roles.map((held) =>
                security && row.id !== session.user.id ? (
                  <RoleTag
                    key={held.id}
                    text={roleText(held)}
                    question={t('revokeRole', { role: roleText(held), who: row.name })}
                    onRevoke={() => act(del(`/api/staff-roles/${held.id}`))}
                  />
                ) : (
                  <Tag key={held.id}>{roleText(held)}</Tag>
                ),
              ),
          },
          {
            key: 'state',
            title: t('state'),
            width: 80,
            text: (row) => (row.lockedUntil ? t('locked') : t(row.active ? 'active' : 'inactive')),
          },
          ...(provider && security
            ? [{ key: 'identity', title: providerName, text: (row: Person) => linked(row) || '' }]
            : []),
        ]}
        actions={
          admin && (
            <Button type="primary" onClick={() => setEditing({ active: true })}>
              {t('shell:action.add')}
            </Button>
          )
        }
        rowActions={(row) => (
          <>
            {admin && (
              <Button size="small" type="link" onClick={() => setEditing(row)}>
                {t('shell:action.edit')}
              </Button>
            )}
            {admin && (
              <Button size="small" type="link" onClick={() => setResetting(row)}>
                {t('newPassword')}
              </Button>
            )}
            {security && row.id !== session.user.id && (
              <Button size="small" type="link" onClick={() => setGranting(row)}>
                {t('grant')}
              </Button>
            )}
            {provider && security && row.id !== session.user.id && (
              <Button size="small" type="link" onClick={() => setLinking(row)}>
                {t(row.identity ? 'identity.unlink' : 'identity.linkAccount')}
              </Button>
            )}
          </>
        )}
      />
      <FormDialog<Person & { password?: string; until?: dayjs.Dayjs | null }>
        open={editing !== null}
        title={editing?.id ? t('editOf', { what: editing.name }) : t('addStaff')}
        initial={
          editing ? { ...editing, until: editing.licenceUntil ? dayjs(editing.licenceUntil) : null } : {}
        }
        onClose={() => setEditing(null)}
        onSave={async ({ until, username, password, ...facts }) => {
          const body = { ...facts, licenceUntil: until ? until.format('YYYY-MM-DD') : null };
          if (editing?.id) await put(`/api/staff/${editing.id}`, body);
          else await post('/api/staff', { ...body, username, password });
          refresh();
        }}
      >
        <Form.Item
          name="username"
          label={t('username')}
          rules={[{ required: true, pattern: /^[a-zA-Z0-9._-]{2,64}$/, message: t('usernameForm') }]}
        >
          <Input disabled={!!editing?.id} autoComplete="off" />
        </Form.Item>
        {!editing?.id && (
          <Form.Item
            name="password"
            label={t('firstPassword')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        )}
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="title" label={t('title')}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item
          name="institutionId"
          label={t('institution')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InstitutionSelect />
        </Form.Item>
        <Form.Item name="licenceNumber" label={t('licenceNumber')}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="licenceScope" label={t('licenceScope')} extra={t('licenceScopeHint')}>
          <Select
            mode="multiple"
            allowClear
            options={SCOPES.map((value) => {
              const [center = '', modality] = value.split(':');
              return { value, label: [t(`shell:center.${center}`), modality].filter(Boolean).join(' ') };
            })}
          />
        </Form.Item>
        <Form.Item name="until" label={t('licenceUntil')}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="phone" label={t('shell:phone')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="active" label={t('active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </FormDialog>
      <FormDialog<{ role: string; institutionId: string; centerKind?: CenterKind }>
        open={granting !== null}
        title={t('grantTo', { who: granting?.name ?? '' })}
        initial={granting ? { institutionId: granting.institutionId } : {}}
        onClose={() => setGranting(null)}
        onSave={async (values) => {
          await post(`/api/staff/${granting?.id ?? ''}/roles`, values);
          refresh();
        }}
      >
        <Form.Item name="role" label={t('role')} rules={[{ required: true, message: t('required') }]}>
          <Select options={roles.map((value) => ({ value, label: t(`roles.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="institutionId"
          label={t('institution')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InstitutionSelect />
        </Form.Item>
        <Form.Item name="centerKind" label={t('shell:order.center')}>
          <Select
            allowClear
            options={centerKinds.map((value) => ({ value, label: t(`shell:center.${value}`) }))}
          />
        </Form.Item>
      </FormDialog>
      {linking && (
        <IdentityDialog
          person={linking}
          provider={providerName}
          onClose={() => setLinking(null)}
          onChanged={refresh}
        />
      )}
      <FormDialog<{ password: string }>
        open={resetting !== null}
        title={t('newPasswordFor', { who: resetting?.name ?? '' })}
        onClose={() => setResetting(null)}
        onSave={(values) => post(`/api/staff/${resetting?.id ?? ''}/password`, values)}
      >
        <Form.Item
          name="password"
          label={t('firstPassword')}
          extra={t('passwordHint')}
          rules={[{ required: true, message: t('required') }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </FormDialog>
    </>
  );
}

/** A right with the cross that takes it away, after a question: the tag keeps a click on its cross to itself. */
function RoleTag({ text, question, onRevoke }: { text: string; question: string; onRevoke: () => unknown }) {
  const [asking, setAsking] = useState(false);
  return (
    <Popconfirm open={asking} onOpenChange={setAsking} title={question} onConfirm={onRevoke}>
      <Tag
        closable
        onClose={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        {text}
      </Tag>
    </Popconfirm>
  );
}
