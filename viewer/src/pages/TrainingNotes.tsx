import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { get, post } from '../api/client.ts';
import { dateTime } from '../shell/format.ts';
import { ListTable } from '../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../shell/states.tsx';

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
      {notes.isError ? (
        <Failed error={notes.error} retry={() => void notes.refetch()} />
      ) : notes.isPending ? (
        <Loading />
      ) : (
        <ListTable<Note>
          name={t('work.notes')}
          heading={t('work.notes')}
          rowKey="id"
          rows={notes.data.items}
          empty={t('work.noNotes')}
          columns={[
            { title: t('column.created'), text: (row) => dateTime(row.createdAt), width: 140 },
            { title: t('column.center'), text: (row) => t(`area.${row.center}`), width: 90 },
            { title: t('work.topic'), text: (row) => row.topic, wrap: 220 },
            { title: t('work.body'), text: (row) => row.body, wrap: 420 },
            { title: t('work.by'), text: (row) => row.createdBy, width: 90 },
            {
              title: t('work.read'),
              width: 190,
              text: (row) => (row.readAt ? `${row.readBy ?? ''} ${dateTime(row.readAt)}` : ''),
              render: (row) =>
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
