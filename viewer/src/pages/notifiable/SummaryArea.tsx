import { useQuery } from '@tanstack/react-query';
import { DatePicker, Table } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { get, query } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed } from '../../shell/states.tsx';
import { today } from '../../shell/today.ts';

interface Row {
  institutionId: string;
  institutionName: string;
  ruleCode: string;
  disease: string;
  diseaseEn: string;
  cards: number;
  inTime: number;
  late: number;
  overdue: number;
  open: number;
  dismissed: number;
  withdrawn: number;
}
const COUNTS = ['cards', 'inTime', 'late', 'overdue', 'open', 'dismissed', 'withdrawn'] as const;
/** The list behind a count. */
const STATE = { cards: 'all', inTime: 'reported', late: 'late', overdue: 'overdue', open: 'draft', dismissed: 'dismissed', withdrawn: 'withdrawn' } as const; // prettier-ignore

/** Who reported in time, late or not yet, by site and disease; every number opens its cards. */
export function SummaryArea() {
  const { t, i18n } = useTranslation(['notifiable', 'shell']);
  const [search, setSearch] = useSearchParams();
  const to = search.get('to') ?? today().format('YYYY-MM-DD');
  const from = search.get('from') ?? dayjs(to).subtract(89, 'day').format('YYYY-MM-DD');
  const summary = useQuery({
    queryKey: ['notifiable-summary', from, to],
    queryFn: () => get<{ items: Row[] }>(`/api/notifiable-summary${query({ from, to })}`),
  });
  const rows = summary.data?.items ?? [];
  const total = (name: (typeof COUNTS)[number]) => rows.reduce((n, row) => n + row[name], 0);
  const reported = total('inTime') + total('late') + total('overdue');
  const disease = (row: Row) => (i18n.language === 'en-US' ? row.diseaseEn : row.disease);
  const cards = (name: (typeof COUNTS)[number], row?: Row) =>
    `/notifiable${query({ state: STATE[name], from, to, ...(row && { institutionId: row.institutionId, rule: row.ruleCode }) })}`;
  return (
    <>
      <div className="hub-bar">
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(from), dayjs(to)]}
          onChange={(value) => {
            const [a, b] = value ?? [];
            if (a && b)
              setSearch({ area: 'summary', from: a.format('YYYY-MM-DD'), to: b.format('YYYY-MM-DD') });
          }}
        />
        <span>
          {t('onTimeShare')}{' '}
          <b className="hub-num">
            {reported === 0 ? '—' : `${((total('inTime') / reported) * 100).toFixed(1)}%`}
          </b>{' '}
          <span className="hub-quiet">
            {total('inTime')}/{reported} · {t('onTimeFormula')}
          </span>
        </span>
        <span className="hub-grow" />
        <ExportButton
          name={t('areas.summary')}
          rows={rows}
          columns={[
            { title: t('shell:column.institution'), text: (row) => row.institutionName },
            { title: t('disease'), text: disease },
            ...COUNTS.map((name) => ({ title: t(`counts.${name}`), text: (row: Row) => row[name] })),
          ]}
        />
      </div>
      {summary.isError ? (
        <Failed error={summary.error} retry={() => void summary.refetch()} />
      ) : (
        <Table<Row>
          size="small"
          rowKey={(row) => `${row.institutionId} ${row.ruleCode}`}
          loading={summary.isPending}
          dataSource={rows}
          pagination={false}
          scroll={{ x: 'max-content' }}
          locale={{ emptyText: t('empty.all') }}
          columns={[
            {
              title: t('shell:column.institution'),
              dataIndex: 'institutionName',
              sorter: (a, b) => a.institutionName.localeCompare(b.institutionName, 'zh-Hans-CN'),
            },
            {
              title: t('disease'),
              sorter: (a, b) => disease(a).localeCompare(disease(b), 'zh-Hans-CN'),
              render: (_, row) => disease(row),
            },
            ...COUNTS.map((name) => ({
              title: t(`counts.${name}`),
              align: 'right' as const,
              sorter: (a: Row, b: Row) => a[name] - b[name],
              render: (_: unknown, row: Row) =>
                row[name] === 0 ? (
                  <span className="hub-quiet">0</span>
                ) : (
                  <Link to={cards(name, row)}>{row[name]}</Link>
                ),
            })),
          ]}
          summary={() =>
            rows.length > 0 && (
              <Table.Summary.Row>
                <Table.Summary.Cell index={0} colSpan={2}>
                  {t('total')}
                </Table.Summary.Cell>
                {COUNTS.map((name, index) => (
                  <Table.Summary.Cell key={name} index={index + 2} align="right">
                    <Link to={cards(name)}>{total(name)}</Link>
                  </Table.Summary.Cell>
                ))}
              </Table.Summary.Row>
            )
          }
        />
      )}
    </>
  );
}
