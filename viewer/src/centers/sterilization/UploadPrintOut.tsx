import { UploadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import { soundOk, soundWrong } from '../../shell/sound.ts';
import { problemText } from './problemText.ts';

/** Takes a print-out as a file, for a machine without a line; the original is kept as it came, flaws are flagged. */
export function UploadPrintOut({ machine, onTaken }: { machine: string; onTaken?: (id: string) => void }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const take = async (file: File) => {
    try {
      const { data } = await call<{ id: string; flags: string[]; known: boolean }>(
        'POST',
        `/api/sterilization/machines/${encodeURIComponent(machine)}/print-outs`,
        { headers: { 'content-type': 'application/octet-stream' }, body: file },
      );
      soundOk();
      const flags = data.flags
        .map((flag) => t(`flag.${flag.split(':')[0]}`, { defaultValue: flag }))
        .join('、');
      message.info(data.known ? t('record.known') : [t('record.taken'), flags].filter(Boolean).join('：'));
      await client.invalidateQueries({ queryKey: ['sterilization'] });
      onTaken?.(data.id);
    } catch (error) {
      soundWrong();
      message.error(problemText(error, t), 6);
    }
  };
  return (
    <Upload
      showUploadList={false}
      beforeUpload={(file) => {
        void take(file);
        return false;
      }}
    >
      <Button icon={<UploadOutlined />} disabled={machine === ''}>
        {t('record.upload')}
      </Button>
    </Upload>
  );
}
