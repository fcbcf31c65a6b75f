import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ListTable } from '../../shell/ListTable.tsx';
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
      <ListTable
        name="packs"
        heading={t('request.packs')}
        rowKey="code"
        rows={(order as unknown as Packs).sterilization?.packs ?? []}
        empty={t('request.noPacks')}
        columns={[
          {
            title: t('pack.code'),
            render: (row) => <Link to={`/sterilization/trace?code=${row.code}`}>{row.code}</Link>,
          },
          { title: t('pack.name'), text: (row) => row.setName },
          { title: t('pack.state'), render: (row) => t(`state.${row.state}`) },
          { title: t('load.number'), text: (row) => row.loadNumber },
          { title: t('pack.expiresOn'), text: (row) => row.expiresOn },
        ]}
      />
    </div>
  );
}
