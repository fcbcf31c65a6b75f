import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, post } from '../api/client.ts';
import { dateTime } from '../shell/format.ts';
import { errorText, Failed } from '../shell/states.tsx';

interface Note {
  id: string;
  staffName: string | null;
  center: string;
  topic: string;
  body: string;
  createdBy: string;
  createdAt: string;
  readBy: string | null;
  readAt: string | null;
}

/** Training notes to one's own site and person; who has read one says so. */
export function TrainingNotes() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const notes = useQuery({
    queryKey: ['work', 'notes', 'mine'],
    queryFn: () => get<{ items: Note[] }>('/api/work/notes?mine=true'),
  });
  const read = async (id: string) => {
    try {
      await post(`/api/work/notes/${id}/read`);
    } catch (error) {
      message.error(errorText(error, t));
    }
    await client.invalidateQueries({ queryKey: ['work', 'notes'] });
  };
  return (
    <section className="hub-panel" aria-label={t('work.notes')}>
      <h2 className="hub-title">{t('work.notes')}</h2>
      {notes.isError ? (
        <Failed error={notes.error} retry={() => void notes.refetch()} />
      ) : (
        <Table<Note>
          size="small"
          rowKey="id"
          pagination={false}
          loading={notes.isPending}
          dataSource={notes.data?.items ?? []}
          locale={{ emptyText: notes.isPending ? ' ' : t('work.noNotes') }}
          columns={[
            { title: t('column.created'), render: (_, row) => dateTime(row.createdAt), width: 140 },
            { title: t('column.center'), render: (_, row) => t(`area.${row.center}`), width: 90 },
            { title: t('work.topic'), dataIndex: 'topic' },
            { title: t('work.body'), render: (_, row) => <span className="hub-prewrap">{row.body}</span> },
            { title: t('work.by'), dataIndex: 'createdBy', width: 90 },
            {
              title: t('work.read'),
              width: 190,
              render: (_, row) =>
                row.readAt ? (
                  `${row.readBy ?? ''} ${dateTime(row.readAt)}`
                ) : (
                  <Button size="small" onClick={() => void read(row.id)}>
                    {t('work.markRead')}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </section>
  );
}
