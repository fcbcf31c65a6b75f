import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { dateTime } from '../../../shell/format.ts';
import { useSession } from '../../../shell/session.tsx';
import { FigureTable } from '../FigureTable.tsx';
import { NoteDialog } from './NoteDialog.tsx';

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
  const [writing, setWriting] = useState(false);
  const notes = useQuery({
    queryKey: ['work', 'notes'],
    queryFn: () => get<{ items: Note[] }>('/api/work/notes'),
  });
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
      <NoteDialog center={center} open={writing} onClose={() => setWriting(false)} />
    </>
  );
}
