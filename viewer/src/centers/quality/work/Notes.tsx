import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { useSession } from '../../../shell/session.tsx';
import { errorText } from '../../../shell/states.tsx';
import { useInstitutions } from '../../../shell/useInstitutions.ts';
import { FigureTable } from '../FigureTable.tsx';

interface Note {
  id: string;
  institutionName: string;
  staffName: string | null;
  center: string;
  topic: string;
  body: string;
  createdBy: string;
  createdAt: string;
  readBy: string | null;
  readAt: string | null;
}

/** Training notes to sites and persons, and who has read them. */
export function Notes({ center }: { center: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const institutions = useInstitutions();
  const [writing, setWriting] = useState(false);
  const notes = useQuery({
    queryKey: ['work', 'notes'],
    queryFn: () => get<{ items: Note[] }>('/api/work/notes'),
  });
  const write = async (values: { institutionId: string; topic: string; body: string }) => {
    try {
      await post('/api/work/notes', { ...values, center });
      setWriting(false);
      await client.invalidateQueries({ queryKey: ['work', 'notes'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <>
      <FigureTable<Note>
        title={t('work.notes')}
        rows={notes.data?.items}
        error={notes.error}
        rowKey={(row) => row.id}
        empty={t('work.noNotes')}
        extra={
          may(session, 'quality.review') && (
            <Button type="primary" onClick={() => setWriting(true)}>
              {t('work.write')}
            </Button>
          )
        }
        columns={[
          { title: t('column.created'), text: (row) => dateTime(row.createdAt) },
          { title: t('column.site'), text: (row) => `${row.institutionName} ${row.staffName ?? ''}` },
          { title: t('column.center'), text: (row) => t(`area.${row.center}`) },
          { title: t('work.topic'), text: (row) => row.topic },
          { title: t('work.body'), text: (row) => row.body },
          { title: t('work.by'), text: (row) => row.createdBy },
          {
            title: t('work.read'),
            text: (row) => (row.readAt ? `${row.readBy ?? ''} ${dateTime(row.readAt)}` : t('work.unread')),
          },
        ]}
      />
      <Modal
        open={writing}
        title={t('work.write')}
        footer={null}
        onCancel={() => setWriting(false)}
        destroyOnHidden
      >
        <Form layout="vertical" onFinish={(values) => void write(values as Parameters<typeof write>[0])}>
          <Form.Item
            name="institutionId"
            label={t('column.site')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              options={(institutions.data ?? []).map((row) => ({ value: row.id, label: row.name }))}
            />
          </Form.Item>
          <Form.Item
            name="topic"
            label={t('work.topic')}
            rules={[{ required: true, message: t('required') }]}
          >
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="body" label={t('work.body')} rules={[{ required: true, message: t('required') }]}>
            <Input.TextArea rows={5} maxLength={4000} />
          </Form.Item>
          <Space>
            <Button type="primary" htmlType="submit">
              {t('save')}
            </Button>
          </Space>
        </Form>
      </Modal>
    </>
  );
}
