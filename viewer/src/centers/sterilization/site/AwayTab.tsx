import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { dateTime } from '../../../shell/format.ts';
import type { Site } from '../types.ts';

/** Where this site's own sets are now, between the dirty box and their return. */
export function AwayTab({ site }: { site: Site }) {
  const { t } = useTranslation('sterilization');
  return (
    <Table
      size="small"
      rowKey="code"
      pagination={false}
      dataSource={site.away}
      locale={{ emptyText: t('site.noneAway') }}
      columns={[
        {
          title: t('pack.code'),
          render: (_, row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
        },
        { title: t('pack.name'), render: (_, row) => `${row.setName} ${row.trayCode ?? ''}` },
        { title: t('pack.state'), render: (_, row) => t(`state.${row.state}`) },
        { title: t('pack.location'), dataIndex: 'location' },
        { title: t('pack.collectedAt'), render: (_, row) => dateTime(row.collectedAt) },
        { title: t('pack.expiresOn'), dataIndex: 'expiresOn' },
      ]}
    />
  );
}
