import { useTranslation } from 'react-i18next';
import { ListTable } from '../../shell/ListTable.tsx';
import type { CasePaneProps } from '../contract.ts';

interface Lines {
  sterilization?: {
    lines: { code: string; name: string; quantity: number; neededOn: string }[];
    packs: {
      code: string;
      setName: string;
      state: string;
      expiresOn: string | null;
      loadNumber: string | null;
    }[];
  };
}

/** Left half of a sterile-supply order: what was asked for. */
export default function OrderPane({ order }: CasePaneProps) {
  const { t } = useTranslation('sterilization');
  const lines = (order as unknown as Lines).sterilization?.lines ?? [];
  return (
    <div className="hub-panel">
      <h2 className="hub-title">{t('request.lines')}</h2>
      <ListTable
        name="lines"
        empty=""
        rowKey="code"
        rows={lines}
        columns={[
          { title: t('pack.name'), text: (row) => row.name },
          { title: t('request.quantity'), text: (row) => row.quantity, align: 'right' },
          { title: t('request.neededOn'), text: (row) => row.neededOn },
        ]}
      />
    </div>
  );
}
