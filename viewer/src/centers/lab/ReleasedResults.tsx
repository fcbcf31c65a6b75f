import { Button, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { CumulativeDrawer } from './CumulativeDrawer.tsx';
import { grownBelow } from './grownBelow.tsx';
import { PartialDocuments } from './ReleaseActions.tsx';
import { arrow, toneOf, type OrderTest } from './types.ts';
import { unitText } from './unitText.ts';

/** Results as the site reads them: only what was released. */
export function ReleasedResults({
  orderId,
  status,
  tests,
  patientId,
}: {
  orderId: string;
  status: string;
  tests: OrderTest[];
  patientId: string | null;
}) {
  const { t } = useTranslation('lab');
  const [drawer, setDrawer] = useState<string | null>(null);
  const released = tests.filter((test) => test.released);
  if (released.length === 0) return <p className="hub-quiet">{t('nothingReleased')}</p>;
  return (
    <>
      <Space wrap>
        <PartialDocuments orderId={orderId} status={status} />
        {patientId && <Link to={`/lab/patients/${patientId}`}>{t('cumulative.all')}</Link>}
      </Space>
      <Table
        size="small"
        rowKey="code"
        pagination={false}
        dataSource={released}
        expandable={grownBelow<OrderTest>((test) => test.organisms)}
        columns={[
          { title: t('col.test'), dataIndex: 'name' },
          {
            title: t('col.value'),
            align: 'right',
            render: (_, test) => (
              <span className={toneOf(test.flag)}>
                {`${test.value ?? ''} ${arrow(test.flag)}`}{' '}
                {test.preliminary && <b>{t('culture.preliminary')}</b>}
              </span>
            ),
          },
          { title: t('col.unit'), render: (_, row) => unitText(row.unit) },
          { title: t('col.range'), dataIndex: 'range' },
          {
            title: '',
            render: (_, test) =>
              patientId && (
                <Button type="link" size="small" onClick={() => setDrawer(test.code)}>
                  {t('trend')}
                </Button>
              ),
          },
        ]}
      />
      {patientId && (
        <CumulativeDrawer patientId={patientId} testCode={drawer} onClose={() => setDrawer(null)} />
      )}
    </>
  );
}
