import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Select, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, put } from '../../api/client.ts';
import { errorText, Failed } from '../../shell/states.tsx';
import { useInstitutions } from '../../shell/useInstitutions.ts';

interface Folder {
  path: string;
  institution: string;
}
interface FolderState extends Folder {
  readable: boolean;
  waiting: number;
  left: { name: string; bytes: number; reason: 'empty' | 'too-large' | 'not-taken' }[];
}

/** Folders on the hub's machine that boxes and gateways write recordings into; each belongs to one site. */
export default function FoldersArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const institutions = useInstitutions().data ?? [];
  const [form] = Form.useForm<Folder>();
  const list = useQuery({
    queryKey: ['ecg', 'folders'],
    queryFn: async () => (await get<{ items: FolderState[] }>('/api/ecg/folders')).items,
  });
  const folders = list.data ?? [];
  const save = async (next: Folder[]) => {
    try {
      const sent = next.map(({ path, institution }) => ({ path, institution }));
      await put('/api/ecg/folders', { folders: sent });
      await client.invalidateQueries({ queryKey: ['ecg', 'folders'] });
      form.resetFields();
    } catch (error) {
      void message.error(errorText(error, t));
    }
  };
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  const nameOf = (code: string) => institutions.find((each) => each.code === code)?.name ?? code;
  return (
    <>
      <p className="hub-quiet">{t('folders.how')}</p>
      <Form
        form={form}
        layout="inline"
        style={{ marginBottom: 8 }}
        onFinish={(values) => void save([...folders.filter((each) => each.path !== values.path), values])}
      >
        <Form.Item name="path" rules={[{ required: true, message: t('required') }]}>
          <Input
            aria-label={t('folders.path')}
            placeholder={t('folders.example')}
            maxLength={500}
            style={{ width: 320 }}
          />
        </Form.Item>
        <Form.Item name="institution" rules={[{ required: true, message: t('required') }]}>
          <Select
            aria-label={t('folders.institution')}
            placeholder={t('folders.institution')}
            showSearch={{ optionFilterProp: 'label' }}
            style={{ width: 220 }}
            options={institutions.map((each) => ({ value: each.code, label: each.name }))}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" disabled={list.isPending}>
          {t('folders.add')}
        </Button>
      </Form>
      <Table
        size="small"
        rowKey="path"
        loading={list.isPending}
        dataSource={folders}
        pagination={false}
        locale={{ emptyText: t('folders.empty') }}
        expandable={{
          rowExpandable: (row) => row.left.length > 0,
          expandedRowRender: (row) => (
            <ul>
              {row.left.map((file) => (
                <li key={file.name}>
                  {file.name} · {(file.bytes / 1_048_576).toFixed(1)} MB ·{' '}
                  {t(`folders.reason.${file.reason}`)}
                </li>
              ))}
            </ul>
          ),
        }}
        columns={[
          { title: t('folders.path'), dataIndex: 'path' },
          { title: t('folders.institution'), render: (_, row) => nameOf(row.institution) },
          {
            title: t('state'),
            render: (_, row) => (
              <span className={row.readable && row.left.length === 0 ? '' : 'hub-tone-warn'}>
                {row.readable
                  ? t('folders.counts', { waiting: row.waiting, left: row.left.length })
                  : t('folders.unreadable')}
              </span>
            ),
          },
          {
            title: t('acts'),
            width: 100,
            render: (_, row) => (
              <Button
                size="small"
                onClick={() => void save(folders.filter((each) => each.path !== row.path))}
              >
                {t('folders.remove')}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
