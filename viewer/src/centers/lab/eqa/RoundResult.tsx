import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Round } from './types.ts';

/** Result of a scored round by test, and the recognition evidence that its pass gave. */
export function RoundResult({ round }: { round: Round }) {
  const { t } = useTranslation('lab');
  const names = new Map(round.results.map((row) => [row.testCode, row.testName]));
  return (
    <>
      <Table
        size="small"
        rowKey="testCode"
        pagination={false}
        dataSource={round.tests}
        columns={[
          { title: t('col.test'), render: (_, row) => names.get(row.testCode) ?? row.testCode },
          { title: t('eqa.samples'), dataIndex: 'samples', align: 'right' },
          {
            title: t('eqa.score'),
            align: 'right',
            render: (_, row) => (row.score === null ? '—' : `${Math.round(row.score * 100)} %`),
          },
          {
            title: t('eqa.result'),
            render: (_, row) => (
              <span className={row.passed ? 'hub-tone-done' : 'hub-tone-breach'}>
                {t(row.passed ? 'eqa.passed' : 'eqa.failed')}
              </span>
            ),
          },
        ]}
      />
      <p>
        {round.evidence.length === 0
          ? t('eqa.noEvidence')
          : t('eqa.evidence', {
              items: round.evidence
                .map((one) => `${one.name}${one.revokedAt ? ` (${t('eqa.revoked')})` : ''}`)
                .join('、'),
              range: t(`eqa.ranges.${round.range}`),
              from: round.validFrom,
              to: round.validTo,
            })}
      </p>
    </>
  );
}
