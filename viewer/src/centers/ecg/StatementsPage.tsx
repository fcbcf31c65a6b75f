import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post, put } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../../shell/states.tsx';
import { useSession } from '../../shell/session.tsx';
import type { Statement } from './types.ts';

const categories = ['normal', 'rhythm', 'conduction', 'axis', 'chamber', 'ischaemia', 'other'] as const;

/** The statement library: find, add, change, switch off. Nothing is deleted. */
export default function StatementsPage() {
  const { t } = useTranslation(['ecg', 'shell']);
  const session = useSession();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [q, setQ] = useState('');
  const [editing, setEditing] = useState<Partial<Statement> | null>(null);
  const list = useQuery({
    queryKey: ['ecg', 'statements', 'all', q],
    queryFn: async () =>
      (await get<{ items: Statement[] }>(`/api/ecg/statements?all=true&limit=200&q=${encodeURIComponent(q)}`))
        .items,
  });
  const editable = may(session, 'template.edit');
  const save = async (values: Partial<Statement>) => {
    try {
      const body = {
        category: values.category,
        textZh: values.textZh,
        textEn: values.textEn,
        normal: values.normal ?? false,
        active: values.active ?? true,
        ruleCode: editing?.ruleCode ?? null,
      };
      if (editing?.id) await put(`/api/ecg/statements/${editing.id}`, body);
      else await post('/api/ecg/statements', body);
      setEditing(null);
      await client.invalidateQueries({ queryKey: ['ecg', 'statements'] });
    } catch (error) {
      void message.error(errorText(error, t));
    }
  };
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('ecg:nav.statements')}</h1>
      <div className="hub-row" style={{ marginBottom: 8 }}>
        <Input.Search
          allowClear
          placeholder={t('ecg:statement.find')}
          aria-label={t('ecg:statement.find')}
          onSearch={setQ}
          style={{ maxWidth: 320 }}
        />
      </div>
      {list.isPending ? (
        <Loading />
      ) : (
        <ListTable<Statement>
          name={t('ecg:nav.statements')}
          rowKey="id"
          rows={list.data}
          searchable={false}
          pageSize={50}
          empty={q ? t('shell:list.none', { q }) : t('ecg:statement.empty')}
          extra={
            editable && (
              <Button type="primary" onClick={() => setEditing({ category: 'other', active: true })}>
                {t('ecg:statement.add')}
              </Button>
            )
          }
          columns={[
            { title: t('ecg:statement.number'), text: (row) => row.number, width: 70 },
            {
              title: t('ecg:statement.category'),
              text: (row) => t(`ecg:category.${row.category}`),
              width: 110,
            },
            { title: t('ecg:statement.textZh'), text: (row) => row.textZh, wrap: 300 },
            { title: t('ecg:statement.textEn'), text: (row) => row.textEn, wrap: 380 },
            { title: t('ecg:statement.initials'), text: (row) => row.initials, wrap: 140 },
            {
              title: t('ecg:statement.state'),
              text: (row) => t(row.active ? 'ecg:statement.on' : 'ecg:statement.off'),
              width: 80,
            },
            ...(editable
              ? [
                  {
                    title: '',
                    width: 80,
                    fixed: 'right' as const,
                    render: (row: Statement) => (
                      <Button size="small" onClick={() => setEditing(row)}>
                        {t('ecg:statement.edit')}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      <Modal
        open={editing !== null}
        title={t(editing?.id ? 'ecg:statement.edit' : 'ecg:statement.add')}
        footer={null}
        onCancel={() => setEditing(null)}
        destroyOnHidden
      >
        {editing && (
          <Form
            layout="vertical"
            initialValues={editing}
            onFinish={(values: Partial<Statement>) => void save(values)}
          >
            <Form.Item name="category" label={t('ecg:statement.category')} rules={[{ required: true }]}>
              <Select options={categories.map((value) => ({ value, label: t(`ecg:category.${value}`) }))} />
            </Form.Item>
            <Form.Item name="textZh" label={t('ecg:statement.textZh')} rules={[{ required: true }]}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name="textEn" label={t('ecg:statement.textEn')} rules={[{ required: true }]}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name="active" valuePropName="checked">
              <Checkbox>{t('ecg:statement.on')}</Checkbox>
            </Form.Item>
            <Button type="primary" htmlType="submit">
              {t('ecg:statement.save')}
            </Button>
          </Form>
        )}
      </Modal>
    </div>
  );
}
