import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import { inputFaultText } from '../../../shell/inputFault.ts';
import { FigureTable } from '../FigureTable.tsx';

interface Feedback {
  institutionName: string;
  center: string;
  graded: number;
  a: number;
  b: number;
  c: number;
  faults: { fault: string; count: number }[] | null;
}

/** Grades and faults of images, traces and specimens by site, for those who make them. */
export function InputFeedback({ filter }: { filter: string }) {
  const { t } = useTranslation(['quality', 'shell', 'imaging']);
  const feedback = useQuery({
    queryKey: ['work', 'feedback', filter],
    queryFn: () => get<{ items: Feedback[] }>(`/api/work/feedback${filter}`),
  });
  return (
    <FigureTable<Feedback>
      title={t('work.feedback')}
      rows={feedback.data?.items}
      error={feedback.error}
      rowKey={(row) => row.institutionName + row.center}
      empty={t('work.noGrades')}
      columns={[
        { title: t('column.site'), text: (row) => row.institutionName },
        { title: t('column.center'), text: (row) => t(`area.${row.center}`) },
        { title: t('work.graded'), number: true, text: (row) => row.graded },
        { title: t('work.gradeA'), number: true, text: (row) => row.a },
        { title: t('work.gradeB'), number: true, text: (row) => row.b },
        { title: t('work.gradeC'), number: true, text: (row) => row.c },
        {
          title: t('work.faults'),
          text: (row) =>
            (row.faults ?? [])
              .map((each) => `${inputFaultText(row.center, each.fault, t)} ${each.count}`)
              .join('、'),
        },
      ]}
    />
  );
}
