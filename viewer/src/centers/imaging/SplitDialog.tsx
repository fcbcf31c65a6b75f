import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { SplitDialog as Dialog } from '../../shell/order/SplitDialog.tsx';
import type { InputStudy } from './studies.ts';

interface Props {
  open: boolean;
  order: Order;
  reload: () => void;
  onClose: () => void;
}

/** Takes a study away from an order. */
export function SplitDialog({ open, order, reload, onClose }: Props) {
  const { t } = useTranslation('imaging');
  const studies = Array.isArray(order.input?.studies) ? (order.input.studies as InputStudy[]) : [];
  const describe = (study: InputStudy) =>
    [
      study.modalities.join('/'),
      study.description,
      study.studyDate,
      t('split.images', { n: study.series.reduce((sum, each) => sum + each.instances, 0) }),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Dialog
      open={open}
      order={order}
      inputs={studies.map((study) => ({ value: study.studyInstanceUid, label: describe(study) }))}
      send={(studyInstanceUid, split) =>
        post(`/api/orders/${order.id}/split`, { studyInstanceUid, ...split })
      }
      reload={reload}
      onClose={onClose}
    />
  );
}
