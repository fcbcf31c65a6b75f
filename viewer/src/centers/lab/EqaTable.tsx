import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useLab } from './useLab.ts';

interface Round {
  id: string;
  organizer: string;
  scheme: string;
  name: string;
  range: string;
  state: string;
  dueAt: string;
  validFrom: string | null;
  validTo: string | null;
  tests: { testCode: string; samples: number; score: number | null; passed: boolean }[];
}

/** Rounds of external quality assessment with the result by test. */
export function EqaTable() {
  const { t } = useTranslation('lab');
  const rounds = useLab<{ items: Round[] }>('lab/eqa');
  if (rounds.isPending) return <Loading />;
  if (rounds.isError) return <Failed error={rounds.error} />;
  return (
    <Table
      size="small"
      rowKey="id"
      pagination={false}
      dataSource={rounds.data.items}
      locale={{ emptyText: t('eqa.none') }}
      columns={[
        { title: t('eqa.organizer'), dataIndex: 'organizer' },
        { title: t('eqa.round'), render: (_, row) => `${row.scheme} ${row.name}` },
        { title: t('eqa.range'), render: (_, row) => t(`eqa.ranges.${row.range}`) },
        { title: t('col.state'), render: (_, row) => t(`eqa.state.${row.state}`) },
        { title: t('eqa.due'), render: (_, row) => dateTime(row.dueAt) },
        {
          title: t('eqa.valid'),
          render: (_, row) => (row.validFrom ? `${row.validFrom}～${row.validTo ?? ''}` : ''),
        },
        {
          title: t('eqa.result'),
          render: (_, row) =>
            row.tests
              .map(
                (one) =>
                  `${one.testCode} ${one.score === null ? '—' : `${Math.round(one.score * 100)}% ${one.passed ? t('eqa.passed') : t('eqa.failed')}`}`,
              )
              .join('；'),
        },
      ]}
    />
  );
}
