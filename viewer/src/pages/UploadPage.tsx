import { useTranslation } from 'react-i18next';
import { UploadPanel } from './upload/UploadPanel.tsx';

export default function UploadPage() {
  const { t } = useTranslation(['upload', 'shell']);
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('shell:rail.upload')}</h1>
      <p className="hub-quiet">{t('hint')}</p>
      <div className="hub-panel">
        <UploadPanel />
      </div>
    </div>
  );
}
