import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { FigureTable } from '../FigureTable.tsx';

interface Prompt {
  id: string;
  promptedAt: string;
  decision: string | null;
  reason: string | null;
  note: string | null;
  saving: number | null;
  itemName: string;
  institutionName: string;
  clinician: string | null;
  sourceName: string | null;
  sourceAccessionNumber: string;
  /** None where another platform holds the earlier result. */
  sourceOrderId: string | null;
  platformName: string | null;
  patientName: string;
}

const sourceText = ({ platformName, sourceName, sourceAccessionNumber }: Prompt): string =>
  [platformName, sourceName, sourceAccessionNumber].filter(Boolean).join(' ');

/** The prompts behind a figure, newest first. */
export function Prompts({ filter }: { filter: Record<string, string> }) {
  const { t } = useTranslation(['quality', 'shell', 'order']);
  const prompts = useQuery({
    queryKey: ['recognition', 'prompts', filter],
    queryFn: () => get<{ items: Prompt[] }>(`/api/recognition/prompts${query(filter)}`),
  });
  return (
    <FigureTable<Prompt>
      title={t('recognition.prompts')}
      rows={prompts.data?.items}
      error={prompts.error}
      rowKey={(row) => row.id}
      empty={t('noPrompts')}
      columns={[
        {
          title: t('column.at'),
          text: (row) => dateTime(row.promptedAt),
        },
        { person: true, title: t('shell:column.patient'), text: (row) => row.patientName },
        { title: t('column.item'), text: (row) => row.itemName },
        { title: t('recognition.by.site'), text: (row) => row.institutionName },
        { title: t('recognition.by.clinician'), text: (row) => row.clinician },
        {
          title: t('recognition.source'),
          text: sourceText,
          render: (row) =>
            row.sourceOrderId ? (
              <Link to={`/orders/${row.sourceOrderId}`}>{sourceText(row)}</Link>
            ) : (
              sourceText(row)
            ),
        },
        {
          title: t('recognition.decision'),
          text: (row) =>
            row.decision === 'adopt'
              ? t('column.adopted')
              : row.decision === 'repeat'
                ? `${t('column.repeated')}:${t(`order:recognition.reasons.${row.reason ?? ''}`, { defaultValue: row.reason ?? '' })}${row.note ? ` ${row.note}` : ''}`
                : t('column.undecided'),
        },
      ]}
    />
  );
}
