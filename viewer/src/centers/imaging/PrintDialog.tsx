import { Alert, Checkbox, Modal, Radio } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import { Empty, errorText } from '../../shell/states.tsx';
import { fetchFile } from './fetchFile.ts';
import type { KeyImages } from './useKeyImages.ts';

interface Props {
  open: boolean;
  order: Order;
  keyImages: KeyImages;
  onClose: () => void;
}
const perPages = [1, 2, 4, 6] as const;

/** Pages of chosen key images, as they were seen and with what was measured on them. */
export function PrintDialog({ open, order, keyImages, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const [perPage, setPerPage] = useState<number>(4);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (open) setFailure(null);
  }, [open]);
  const chosen = keyImages.items.filter((each) => !left.has(each.id));
  const print = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const { content } = await fetchFile(`/api/imaging/orders/${order.id}/images.pdf`, {
        perPage,
        images: chosen.map(({ sopInstanceUid, frame, note, view }) => ({
          sopInstanceUid,
          frame,
          ...(note ? { note } : {}),
          ...(view ? { view } : {}),
        })),
      });
      const url = URL.createObjectURL(content);
      window.open(url, '_blank');
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      onClose();
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={t('print.title')}
      width={620}
      okText={t('print.go', { n: chosen.length })}
      okButtonProps={{ disabled: chosen.length === 0 }}
      confirmLoading={busy}
      onOk={() => void print()}
      onCancel={onClose}
    >
      {failure && <Alert type="error" title={failure} style={{ marginBottom: 8 }} />}
      {keyImages.items.length === 0 ? (
        <Empty text={t('print.empty')} />
      ) : (
        <>
          <div className="hub-print-images">
            {keyImages.items.map((each) => (
              <label key={each.id}>
                <img
                  src={`/dicom-web/studies/${each.studyInstanceUid}/series/${each.seriesInstanceUid}/instances/${each.sopInstanceUid}/frames/${each.frame}/rendered?viewport=128,128`}
                  alt=""
                  width={128}
                  height={128}
                />
                <Checkbox
                  checked={!left.has(each.id)}
                  onChange={(event) => {
                    const next = new Set(left);
                    if (event.target.checked) next.delete(each.id);
                    else next.add(each.id);
                    setLeft(next);
                  }}
                >
                  {each.note ?? t('print.image', { n: keyImages.items.indexOf(each) + 1 })}
                </Checkbox>
              </label>
            ))}
          </div>
          <Radio.Group
            value={perPage}
            aria-label={t('print.perPage')}
            onChange={(event) => setPerPage(event.target.value as number)}
            options={perPages.map((value) => ({ value, label: t('print.onPage', { n: value }) }))}
          />
        </>
      )}
      <p className="hub-quiet">{t('print.hint')}</p>
    </Modal>
  );
}
