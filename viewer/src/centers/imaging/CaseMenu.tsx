import { MoreOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { errorText } from '../../shell/states.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { ExportDialog } from './ExportDialog.tsx';
import { OpinionDialog } from './OpinionDialog.tsx';
import { PrintDialog } from './PrintDialog.tsx';
import { getReading } from './readingStore.ts';
import { mayBeSplit } from '../../shell/order/SplitDialog.tsx';
import { SplitDialog } from './SplitDialog.tsx';
import { serializeMeasurements } from './storedMeasurements.ts';
import { TeachingDialog } from './TeachingDialog.tsx';
import type { KeyImages } from './useKeyImages.ts';

interface Props {
  order: Order;
  reload: () => void;
  keyImages: KeyImages;
  /** All images of today's studies. */
  images: readonly string[];
  openScreen: () => void;
}
type Dialog = null | 'opinion' | 'export' | 'print' | 'teaching' | 'split';

/** What a reader does with a case beside reading it: opinion, print, export, teaching, second screen. */
export function CaseMenu({ order, reload, keyImages, images, openScreen }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const session = useSession();
  const [dialog, setDialog] = useState<Dialog>(null);
  const opinions = (order.input?.secondOpinions as unknown[] | undefined)?.length ?? 0;
  const mayExport = may(session, 'export');

  const saveMeasurements = async () => {
    const { measurements } = getReading(order.id);
    const words = new Map(measurements.map((each) => [each.uid, each.words]));
    try {
      const { items } = await post<{ items: { measurements: number; fresh: boolean }[] }>(
        `/api/imaging/orders/${order.id}/measurement-report`,
        { measurements: serializeMeasurements(images, words) },
      );
      const n = items.reduce((sum, each) => sum + each.measurements, 0);
      const fresh = items.some((each) => each.fresh);
      message.info(t(n === 0 ? 'sr.nothing' : fresh ? 'sr.saved' : 'sr.same', { n }));
      if (fresh) reload();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  useKeys({
    'shift+s': { label: t('sr.save'), run: () => void saveMeasurements() },
    'shift+p': { label: t('print.title'), run: () => setDialog('print') },
    'shift+o': { label: t('opinion.title'), run: () => setDialog('opinion') },
    'shift+t': { label: t('teaching.title'), run: () => setDialog('teaching') },
  });
  const close = () => setDialog(null);
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'screen', label: t('screen.open') },
            { key: 'measurements', label: `${t('sr.save')} (SHIFT+S)` },
            { type: 'divider' },
            {
              key: 'opinion',
              label: `${t('opinion.title')}${opinions > 0 ? ` ${opinions}` : ''} (SHIFT+O)`,
            },
            { key: 'teaching', label: `${t('teaching.title')} (SHIFT+T)` },
            { type: 'divider' },
            { key: 'print', label: `${t('print.title')} (SHIFT+P)` },
            ...(mayExport ? [{ key: 'export', label: t('exportImages.title') }] : []),
            ...(mayBeSplit(session, order) ? [{ key: 'split', label: t('split.title') }] : []),
          ],
          onClick: ({ key }) => {
            if (key === 'screen') openScreen();
            else if (key === 'measurements') void saveMeasurements();
            else setDialog(key as Dialog);
          },
        }}
      >
        <Button size="small" type="text" icon={<MoreOutlined />}>
          {t('caseMenu')}
        </Button>
      </Dropdown>
      {dialog === 'opinion' && <OpinionDialog order={order} reload={reload} onClose={close} />}
      <ExportDialog open={dialog === 'export'} order={order} onClose={close} />
      <PrintDialog open={dialog === 'print'} order={order} keyImages={keyImages} onClose={close} />
      <SplitDialog open={dialog === 'split'} order={order} reload={reload} onClose={close} />
      <TeachingDialog open={dialog === 'teaching'} order={order} reload={reload} onClose={close} />
    </>
  );
}
