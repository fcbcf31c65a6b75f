import { Button, Form, Input, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useInstitutions } from '../../shell/useInstitutions.ts';
import { useRefresh } from './useRefresh.ts';

interface Institution {
  id: string;
  code: string;
  name: string;
  shortName: string;
  nameEn: string | null;
  kind: string;
  parentId: string | null;
  creditCode: string | null;
  dutyPhone: string | null;
  active: boolean;
}
const kinds = ['county-hospital', 'township', 'community', 'village', 'bureau', 'courier'];

/** The tree of institutions. */
export default function InstitutionsArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['institutions']);
  const names = new Map((useInstitutions().data ?? []).map((each) => [each.id, each.name]));
  const [editing, setEditing] = useState<Partial<Institution> | null>(null);
  return (
    <>
      <AdminList<Institution>
        name={t('areas.institutions')}
        queryKey={['institutions', 'all']}
        path="/api/institutions"
        rowKey="id"
        columns={[
          { key: 'code', title: t('code'), width: 120, text: (row) => row.code },
          { key: 'name', title: t('name'), text: (row) => row.name },
          { key: 'parent', title: t('parent'), text: (row) => names.get(row.parentId ?? '') ?? '' },
          { key: 'kind', title: t('kind'), width: 140, text: (row) => t(`kinds.${row.kind}`) },
          { key: 'duty', title: t('dutyPhone'), width: 130, text: (row) => row.dutyPhone ?? '' },
          {
            key: 'active',
            title: t('state'),
            width: 80,
            text: (row) => t(row.active ? 'active' : 'inactive'),
          },
        ]}
        actions={
          <Button type="primary" onClick={() => setEditing({ kind: 'township', active: true })}>
            {t('shell:action.add')}
          </Button>
        }
        rowActions={(row) => (
          <Button size="small" type="link" onClick={() => setEditing(row)}>
            {t('shell:action.edit')}
          </Button>
        )}
      />
      <FormDialog<Institution>
        open={editing !== null}
        title={editing?.id ? t('editOf', { what: editing.name }) : t('addInstitution')}
        initial={editing ?? {}}
        onClose={() => setEditing(null)}
        onSave={async (values) => {
          if (editing?.id) await put(`/api/institutions/${editing.id}`, values);
          else await post('/api/institutions', values);
          refresh();
        }}
      >
        <Form.Item
          name="code"
          label={t('code')}
          rules={[{ required: true, pattern: /^[A-Z0-9_-]{1,32}$/, message: t('codeForm') }]}
        >
          <Input disabled={!!editing?.id} />
        </Form.Item>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item
          name="shortName"
          label={t('shortName')}
          rules={[{ required: true, message: t('required') }]}
        >
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="nameEn" label={t('nameEn')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="kind" label={t('kind')}>
          <Select options={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))} />
        </Form.Item>
        <Form.Item name="parentId" label={t('parent')}>
          <InstitutionSelect allowClear />
        </Form.Item>
        <Form.Item name="creditCode" label={t('creditCode')}>
          <Input maxLength={18} />
        </Form.Item>
        <Form.Item name="dutyPhone" label={t('dutyPhone')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="active" label={t('active')} valuePropName="checked">
          <Switch />
        </Form.Item>
      </FormDialog>
    </>
  );
}
