import { useQuery } from '@tanstack/react-query';
import { AutoComplete, Descriptions, Form } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { del, get, put } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';

export interface LinkedIdentity {
  subject: string;
  account: string | null;
  linkedAt: string;
  lastUsedAt: string | null;
}
interface Waiting {
  subject: string;
  account: string | null;
  name: string | null;
  lastAt: string;
}
interface Props {
  person: { id: string; name: string; username: string; identity?: LinkedIdentity | null };
  provider: string;
  onClose: () => void;
  onChanged: () => void;
}

/** Which account of the identity provider opens a person's account here. */
export function IdentityDialog(props: Props) {
  return props.person.identity ? <Unlink {...props} identity={props.person.identity} /> : <Link {...props} />;
}

function Link({ person, provider, onClose, onChanged }: Props) {
  const { t } = useTranslation('admin');
  const waiting = useQuery({
    queryKey: ['waiting-identities'],
    queryFn: async () => (await get<{ items: Waiting[] }>('/api/waiting-identities')).items,
    staleTime: 0,
  });
  // Whose name it looks like stands first; a person decides.
  const options = useMemo(() => {
    const alike = (each: Waiting) => each.account === person.username || each.name === person.name;
    return [...(waiting.data ?? [])]
      .sort((a, b) => Number(alike(b)) - Number(alike(a)))
      .map((each) => ({
        value: each.subject,
        label: [each.account, each.name, dateTime(each.lastAt)].filter(Boolean).join(' · '),
      }));
  }, [waiting.data, person]);
  return (
    <FormDialog<{ subject: string }>
      open
      title={t('identity.linkTo', { who: person.name, provider })}
      okText={t('identity.link')}
      onClose={onClose}
      onSave={async (values) => {
        await put(`/api/staff/${person.id}/identity`, values);
        onChanged();
      }}
    >
      <Form.Item
        name="subject"
        label={t('identity.subject')}
        extra={t('identity.hint', { count: options.length })}
        rules={[{ required: true, message: t('required') }]}
      >
        <AutoComplete
          options={options}
          showSearch={{
            filterOption: (text, option) =>
              `${option?.value ?? ''} ${option?.label ?? ''}`.toLowerCase().includes(text.toLowerCase()),
          }}
        />
      </Form.Item>
    </FormDialog>
  );
}

function Unlink({ person, provider, identity, onClose, onChanged }: Props & { identity: LinkedIdentity }) {
  const { t } = useTranslation('admin');
  return (
    <FormDialog
      open
      danger
      title={t('identity.of', { who: person.name, provider })}
      okText={t('identity.unlink')}
      onClose={onClose}
      onSave={async () => {
        await del(`/api/staff/${person.id}/identity`);
        onChanged();
      }}
    >
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: 'account', label: t('identity.account'), children: identity.account ?? '—' },
          { key: 'subject', label: t('identity.subject'), children: identity.subject },
          { key: 'since', label: t('identity.since'), children: dateTime(identity.linkedAt) },
          {
            key: 'used',
            label: t('identity.used'),
            children: identity.lastUsedAt ? dateTime(identity.lastUsedAt) : t('identity.never'),
          },
        ]}
      />
      <p>{t('identity.unlinkMeans', { who: person.name })}</p>
    </FormDialog>
  );
}
