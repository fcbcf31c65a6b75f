import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { FigureTable } from '../FigureTable.tsx';

/** Cells of the two by two table of algorithm and doctor. */
export const CELLS = ['bothPositive', 'onlyAlgorithm', 'onlyDoctor', 'bothNegative'] as const;
export type Cell = (typeof CELLS)[number];

interface Case {
  id: string;
  orderId: string;
  accessionNumber: string;
  patientName: string | null;
  itemName: string;
  institutionName: string;
  receivedAt: string;
  conclusion: string;
  impression: string;
  grade: string | null;
  verdict: string | null;
}

/** The cases behind a figure of agreement: what the algorithm said beside what the doctor said. */
export function AgreementCases({ filter }: { filter: Record<string, string> }) {
  const { t } = useTranslation(['quality', 'shell', 'imaging']);
  const cases = useQuery({
    queryKey: ['algorithms', 'agreement', 'cases', filter],
    queryFn: () => get<{ items: Case[] }>(`/api/algorithms/agreement/cases${query(filter)}`),
  });
  return (
    <FigureTable<Case>
      title={t('column.cases')}
      rows={cases.data?.items}
      error={cases.error}
      rowKey={(row) => row.id}
      empty={t('algorithm.noCases')}
      columns={[
        { title: t('column.at'), text: (row) => dateTime(row.receivedAt) },
        {
          title: t('shell:column.accession'),
          text: (row) => row.accessionNumber,
          render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
        },
        { person: true, title: t('shell:column.patient'), text: (row) => row.patientName },
        { title: t('column.item'), text: (row) => row.itemName },
        { title: t('column.site'), text: (row) => row.institutionName },
        { title: t('algorithm.said'), text: (row) => row.conclusion },
        { title: t('algorithm.doctorSaid'), text: (row) => row.impression },
        {
          title: t('algorithm.judges.image'),
          text: (row) => (row.grade ? t(`imaging:grade.${row.grade}`) : ''),
        },
        {
          title: t('algorithm.verdicts'),
          text: (row) => (row.verdict ? t(`shell:algorithm.verdict.${row.verdict}`) : ''),
        },
      ]}
    />
  );
}
