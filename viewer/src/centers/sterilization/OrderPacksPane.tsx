import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CasePaneProps } from '../contract.ts';

interface Packs {
  sterilization?: {
    packs: {
      code: string;
      setName: string;
      state: string;
      expiresOn: string | null;
      loadNumber: string | null;
    }[];
  };
}

/** Right half of a sterile-supply order: the packs that answer it. Its signed record belongs to each load. */
export default function OrderPacksPane({ order }: CasePaneProps) {
  const { t } = useTranslation('sterilization');
  return (
    <div className="hub-panel">
      <h2 className="hub-title">{t('request.packs')}</h2>
      <Table
        size="small"
        rowKey="code"
        pagination={false}
        dataSource={(order as unknown as Packs).sterilization?.packs ?? []}
        locale={{ emptyText: t('request.noPacks') }}
        columns={[
          {
            title: t('pack.code'),
            render: (_, row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
          },
          { title: t('pack.name'), dataIndex: 'setName' },
          { title: t('pack.state'), render: (_, row) => t(`state.${row.state}`) },
          { title: t('load.number'), dataIndex: 'loadNumber' },
          { title: t('pack.expiresOn'), dataIndex: 'expiresOn' },
        ]}
      />
    </div>
  );
}
