import { App, Button, Progress } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, get } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';
import type { GlassSlide } from './types.ts';
import { uploadSlide } from './uploadSlide.ts';

interface Props {
  orderId?: string;
  glass?: GlassSlide[];
  done: () => void;
}

/** Chooses slide files and uploads them one after the other; a refusal says what to export instead. */
export function SlideUpload({ orderId, glass = [], done }: Props) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { modal } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);
  const send = async (files: File[]) => {
    for (const file of files) {
      setShare(0);
      const named = glass.find(
        ({ label, barcode }) => file.name.includes(barcode) || file.name.startsWith(`${label}.`),
      );
      try {
        const id = await uploadSlide(
          file,
          { ...(orderId && { orderId }), ...(named && { pathologySlideId: named.id }) },
          setShare,
        );
        const slide = await get<{ orderId: string | null }>(`/api/pathology/slides/${id}`);
        if (orderId && slide.orderId !== orderId)
          modal.warning({
            title: t('upload.otherBarcode'),
            content: t('upload.otherBarcodeWhat', { name: file.name }),
          });
      } catch (error) {
        const reason = error instanceof ApiError ? String(error.problem.reason ?? '') : '';
        modal.error({
          title: t('upload.refused', { name: file.name }),
          content: reason ? t(`refused.${reason}`) : errorText(error, t),
        });
      }
    }
    setShare(null);
    done();
  };
  return (
    <span className="hub-row">
      {share !== null && (
        <Progress
          type="circle"
          size={22}
          percent={Math.round(share * 100)}
          aria-label={t('upload.sending')}
        />
      )}
      <Button size="small" disabled={share !== null} onClick={() => input.current?.click()}>
        {t('upload.button')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept=".svs,.tif,.tiff,.btf,.dcm,.kfb,.sdpc,.tmap"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          void send(files);
        }}
      />
    </span>
  );
}
