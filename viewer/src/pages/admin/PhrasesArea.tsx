import { Button, Form, Input, Popconfirm, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, post, put, query } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { useSession } from '../../shell/session.tsx';
import { may } from '../../shell/access.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';
import { WhoseField } from './WhoseField.tsx';

interface Phrase {
  id: string;
  code: string;
  body: string;
  field: 'findings' | 'impression';
  ownerId: string | null;
}

/** Phrases by short code: of the centre, which its head writes, and one's own. */
export default function PhrasesArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const session = useSession();
  const refresh = useRefresh(['admin-phrases']);
  const act = useAct(refresh);
  const [center, setCenter] = useState<CenterKind>(session.centers[0] ?? 'imaging');
  const head = may(session, 'template.edit');
  const [editing, setEditing] = useState<Partial<Phrase> | null>(null);
  const initial = useMemo(
    () => ({ field: 'findings' as const, ...editing, personal: !head }),
    [editing, head],
  );
  return (
    <>
      <AdminList<Phrase>
        name={t('areas.phrases')}
        queryKey={['admin-phrases', center]}
        path={`/api/phrases${query({ center })}`}
        rowKey="id"
        columns={[
          { key: 'code', title: t('code'), width: 100, text: (row) => row.code },
          { key: 'body', title: t('text'), text: (row) => row.body },
          { key: 'field', title: t('field'), width: 100, text: (row) => t(`shell:report.${row.field}`) },
          {
            key: 'whose',
            title: t('whose'),
            width: 80,
            text: (row) => t(row.ownerId ? 'personal' : 'centerWide'),
          },
        ]}
        actions={
          <>
            <Select
              value={center}
              onChange={setCenter}
              options={session.centers.map((value) => ({ value, label: t(`shell:center.${value}`) }))}
              aria-label={t('shell:order.center')}
              style={{ width: 120 }}
            />
            <Button type="primary" onClick={() => setEditing({})}>
              {t('shell:action.add')}
            </Button>
          </>
        }
        rowActions={(row) =>
          (row.ownerId ? row.ownerId === session.user.id : head) && (
            <>
              <Button size="small" type="link" onClick={() => setEditing(row)}>
                {t('shell:action.edit')}
              </Button>
              <Popconfirm
                title={t('removePhrase', { code: row.code })}
                onConfirm={() => act(del(`/api/phrases/${row.id}`))}
              >
                <Button size="small" type="link" danger>
                  {t('shell:action.remove')}
                </Button>
              </Popconfirm>
            </>
          )
        }
      />
      <FormDialog<Pick<Phrase, 'code' | 'body' | 'field'> & { personal: boolean }>
        open={editing !== null}
        title={t(editing?.id ? 'editPhrase' : 'addPhrase')}
        initial={initial}
        onClose={() => setEditing(null)}
        onSave={async ({ personal, ...values }) => {
          if (editing?.id) await put(`/api/phrases/${editing.id}`, values);
          else await post('/api/phrases', { ...values, personal, center });
          refresh();
        }}
      >
        <Form.Item name="code" label={t('code')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={30} />
        </Form.Item>
        <Form.Item name="body" label={t('text')} rules={[{ required: true, message: t('required') }]}>
          <Input.TextArea rows={3} maxLength={4000} />
        </Form.Item>
        <Form.Item name="field" label={t('field')}>
          <Select
            options={['findings', 'impression'].map((value) => ({
              value,
              label: t(`shell:report.${value}`),
            }))}
          />
        </Form.Item>
        {!editing?.id && <WhoseField head={head} />}
      </FormDialog>
    </>
  );
}
