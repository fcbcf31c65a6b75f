import { Alert, App, Checkbox, Form, Input, Modal, Progress, Radio } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import { download } from '../../shell/exportRows.ts';
import { errorText } from '../../shell/states.tsx';
import { fetchFile } from './fetchFile.ts';

interface Props {
  open: boolean;
  order: Order;
  onClose: () => void;
}
interface Wanted {
  kind: 'dicom' | 'anonymous';
  reason: string;
  picturesChecked?: boolean;
}
const mebibyte = 1024 ** 2;

/** Images as a zip with DICOMDIR: as received, or without identity for teaching. The reason is recorded. */
export function ExportDialog({ open, order, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [form] = Form.useForm<Wanted>();
  const kind = Form.useWatch('kind', form);
  const [bytes, setBytes] = useState<number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  const run = async (wanted: Wanted) => {
    stop.current = new AbortController();
    setFailure(null);
    setBytes(0);
    try {
      const file = await fetchFile(`/api/imaging/orders/${order.id}/export`, wanted, {
        signal: stop.current.signal,
        onBytes: setBytes,
      });
      download(file.content, file.name ?? `${order.accessionNumber}.zip`);
      message.success(t('exportImages.done', { mb: (file.content.size / mebibyte).toFixed(1) }));
      onClose();
    } catch (error) {
      if (!stop.current.signal.aborted) setFailure(errorText(error, t));
    } finally {
      setBytes(null);
    }
  };
  return (
    <Modal
      open={open}
      title={t('exportImages.title')}
      okText={t('shell:action.export')}
      confirmLoading={bytes !== null}
      onOk={() => form.submit()}
      onCancel={() => {
        stop.current?.abort();
        onClose();
      }}
      width={480}
    >
      {failure && <Alert type="error" title={failure} style={{ marginBottom: 8 }} />}
      <Form<Wanted>
        form={form}
        layout="vertical"
        initialValues={{ kind: 'dicom' }}
        onFinish={(values) => void run(values)}
      >
        <Form.Item name="kind" label={t('exportImages.kind')}>
          <Radio.Group
            options={(['dicom', 'anonymous'] as const).map((value) => ({
              value,
              label: t(`exportImages.kinds.${value}`),
            }))}
          />
        </Form.Item>
        {kind === 'anonymous' && (
          <>
            <Alert type="warning" title={t('exportImages.burnedIn')} style={{ marginBottom: 8 }} />
            <Form.Item name="picturesChecked" valuePropName="checked">
              <Checkbox>{t('exportImages.picturesChecked')}</Checkbox>
            </Form.Item>
          </>
        )}
        <Form.Item
          name="reason"
          label={t('exportImages.reason')}
          rules={[{ required: true, whitespace: true, min: 2, message: t('exportImages.needsReason') }]}
        >
          <Input maxLength={500} autoFocus />
        </Form.Item>
      </Form>
      {bytes !== null && (
        <Progress
          percent={100}
          status="active"
          format={() => `${(bytes / mebibyte).toFixed(1)} MB`}
          aria-label={t('exportImages.title')}
        />
      )}
      <p className="hub-quiet">{t('exportImages.hint')}</p>
    </Modal>
  );
}
