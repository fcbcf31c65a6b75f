import { Button, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { problemText } from '../problemText.ts';

export const pictureUrl = (sha256: string) => `/api/sterilization/pictures/${sha256}`;

/** A picture of the catalogue: shows the one there is, takes another; the value is its SHA-256. */
export function PictureField({
  value,
  onChange,
}: {
  value?: string | null;
  onChange?: (sha256: string | undefined) => void;
}) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (file: File) => {
    setBusy(true);
    setProblem('');
    try {
      const { data } = await call<{ sha256: string }>('POST', '/api/sterilization/pictures', {
        headers: { 'content-type': file.type || 'application/octet-stream' },
        body: file,
      });
      onChange?.(data.sha256);
    } catch (error) {
      setProblem(problemText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="cssd-picture-field">
      {value ? (
        <img src={pictureUrl(value)} alt={t('catalogue.picture')} />
      ) : (
        <div>{t('catalogue.noPicture')}</div>
      )}
      <div className="hub-bar">
        <Upload
          accept="image/jpeg,image/png,image/webp"
          showUploadList={false}
          beforeUpload={(file) => {
            void send(file);
            return false;
          }}
        >
          <Button loading={busy}>{t('catalogue.choosePicture')}</Button>
        </Upload>
        {value && (
          <Button type="text" onClick={() => onChange?.(undefined)}>
            {t('catalogue.removePicture')}
          </Button>
        )}
      </div>
      {problem && <p className="hub-tone-breach">{problem}</p>}
    </div>
  );
}
