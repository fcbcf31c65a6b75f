import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import { useSession } from '../../shell/session.tsx';
import { mayBeSplit } from '../../shell/order/SplitDialog.tsx';
import { SplitDialog } from './SplitDialog.tsx';

/** For who does not read here but sees to it that images belong to their order: the registrar. */
export function SplitButton({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation('imaging');
  const session = useSession();
  const [open, setOpen] = useState(false);
  if (!mayBeSplit(session, order)) return null;
  return (
    <>
      <Button size="small" type="text" onClick={() => setOpen(true)}>
        {t('split.title')}
      </Button>
      <SplitDialog open={open} order={order} reload={reload} onClose={() => setOpen(false)} />
    </>
  );
}
