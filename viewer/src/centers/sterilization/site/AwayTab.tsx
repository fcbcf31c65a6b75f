import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ListTable } from '../../../shell/ListTable.tsx';
import { dateTime } from '../../../shell/format.ts';
import type { Site } from '../types.ts';

/** Where this site's own sets are now, between the dirty box and their return. */
export function AwayTab({ site }: { site: Site }) {
  const { t } = useTranslation('sterilization');
  return (
    <ListTable
      name="away"
      rowKey="code"
      rows={site.away}
      empty={t('site.noneAway')}
      columns={[
        {
          title: t('pack.code'),
          render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
        },
        { title: t('pack.name'), render: (row) => `${row.setName} ${row.trayCode ?? ''}` },
        { title: t('pack.state'), render: (row) => t(`state.${row.state}`) },
        { title: t('pack.location'), text: (row) => row.location },
        { title: t('pack.collectedAt'), render: (row) => dateTime(row.collectedAt) },
        { title: t('pack.expiresOn'), text: (row) => row.expiresOn },
      ]}
    />
  );
}
