import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get, query } from '../../../api/client.ts';
import { FigureTable } from '../FigureTable.tsx';

interface Past {
  name: string;
  institutionName: string;
  prompts: number;
  repeated: number;
  other: number;
  leftOpen: number;
  orderedAnyway: number;
}

/** Who orders past prompts. */
export function PastPrompts({ span }: { span: { from: string; to: string } }) {
  const { t } = useTranslation(['quality', 'shell']);
  const past = useQuery({
    queryKey: ['recognition', 'past', span],
    queryFn: () => get<{ items: Past[] }>(`/api/recognition/past-prompts${query({ ...span })}`),
  });
  return (
    <>
      <p className="hub-quiet">{t('recognition.pastNote')}</p>
      <FigureTable<Past>
        title={t('recognition.past')}
        rows={past.data?.items}
        error={past.error}
        rowKey={(row) => row.name + row.institutionName}
        empty={t('recognition.noPast')}
        columns={[
          { title: t('recognition.by.clinician'), text: (row) => row.name },
          { title: t('column.site'), text: (row) => row.institutionName },
          { title: t('column.prompts'), number: true, text: (row) => row.prompts },
          { title: t('column.repeated'), number: true, text: (row) => row.repeated },
          { title: t('recognition.other'), number: true, text: (row) => row.other },
          { title: t('recognition.leftOpen'), number: true, text: (row) => row.leftOpen },
          { title: t('recognition.orderedAnyway'), number: true, text: (row) => row.orderedAnyway },
        ]}
      />
    </>
  );
}
