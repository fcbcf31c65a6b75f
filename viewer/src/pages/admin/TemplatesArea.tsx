import { Button, Form, Input, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put, query } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { useSession } from '../../shell/session.tsx';
import { may } from '../../shell/access.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useAct } from './useAct.ts';
import { useRefresh } from './useRefresh.ts';
import { WhoseField } from './WhoseField.tsx';

interface Template {
  id: string;
  name: string;
  modality: string | null;
  bodyPart: string | null;
  ownerId: string | null;
  version: number;
  content: { findings?: string; impression?: string };
}
interface Values {
  name: string;
  modality?: string;
  bodyPart?: string;
  findings?: string;
  impression?: string;
  personal: boolean;
}

/** Report templates: of the centre, which its head writes, and one's own. */
export default function TemplatesArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const session = useSession();
  const refresh = useRefresh(['admin-templates']);
  const act = useAct(refresh);
  const head = may(session, 'template.edit');
  const [center, setCenter] = useState<CenterKind>(session.centers[0] ?? 'imaging');
  const [editing, setEditing] = useState<Partial<Template> | null>(null);
  return (
    <>
      <AdminList<Template>
        name={t('areas.templates')}
        queryKey={['admin-templates', center]}
        path={`/api/templates${query({ center })}`}
        rowKey="id"
        columns={[
          { key: 'name', title: t('name'), text: (row) => row.name },
          { key: 'modality', title: t('modality'), width: 80, text: (row) => row.modality ?? '' },
          { key: 'part', title: t('bodyPart'), width: 100, text: (row) => row.bodyPart ?? '' },
          {
            key: 'whose',
            title: t('whose'),
            width: 80,
            text: (row) => t(row.ownerId ? 'personal' : 'centerWide'),
          },
          { key: 'version', title: t('version'), width: 60, text: (row) => String(row.version) },
          {
            key: 'impression',
            title: t('shell:report.impression'),
            text: (row) => (row.content.impression ?? '').slice(0, 60),
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
                title={t('removeTemplate', { name: row.name })}
                onConfirm={() => act(put(`/api/templates/${row.id}`, { active: false }))}
              >
                <Button size="small" type="link" danger>
                  {t('shell:action.remove')}
                </Button>
              </Popconfirm>
            </>
          )
        }
      />
      <FormDialog<Values>
        open={editing !== null}
        width={680}
        title={editing?.id ? t('editOf', { what: editing.name }) : t('addTemplate')}
        initial={
          editing
            ? {
                personal: !head,
                name: editing.name ?? '',
                modality: editing.modality ?? '',
                bodyPart: editing.bodyPart ?? '',
                findings: editing.content?.findings ?? '',
                impression: editing.content?.impression ?? '',
              }
            : {}
        }
        onClose={() => setEditing(null)}
        onSave={async ({ findings, impression, personal, ...facts }) => {
          const body = {
            ...facts,
            content: { ...editing?.content, findings: findings ?? '', impression: impression ?? '' },
          };
          if (editing?.id) await put(`/api/templates/${editing.id}`, body);
          else await post('/api/templates', { ...body, center, personal });
          refresh();
        }}
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={100} />
        </Form.Item>
        {!editing?.id && <WhoseField head={head} />}
        <Form.Item name="modality" label={t('modality')}>
          <Input maxLength={16} placeholder="CT" />
        </Form.Item>
        <Form.Item name="bodyPart" label={t('bodyPart')}>
          <Input maxLength={40} placeholder="CHEST" />
        </Form.Item>
        <Form.Item name="findings" label={t('shell:report.findings')}>
          <Input.TextArea rows={7} />
        </Form.Item>
        <Form.Item name="impression" label={t('shell:report.impression')}>
          <Input.TextArea rows={3} />
        </Form.Item>
      </FormDialog>
    </>
  );
}
