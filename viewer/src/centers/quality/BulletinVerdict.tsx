import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';

export interface Reproduced {
  period: string;
  figures: boolean;
  content: boolean;
  sheet: boolean;
  signature: 'valid' | 'invalid' | 'unsigned';
  faults: string[];
  layout: boolean;
  pageSha256: string;
}

/** What checking a bulletin found: each part by name, the signature, and whether today's layout draws the same bytes. */
export function BulletinVerdict({ checked, onClose }: { checked: Reproduced; onClose: () => void }) {
  const { t } = useTranslation('quality');
  const sound = checked.figures && checked.content && checked.sheet && checked.signature !== 'invalid';
  const words = !sound ? 'different' : checked.signature === 'unsigned' ? 'sameDraft' : 'same';
  return (
    <Alert
      closable={{ onClose }}
      type={sound ? 'success' : 'error'}
      showIcon
      style={{ marginBottom: 8 }}
      title={t(`bulletin.${words}`, { period: checked.period })}
      description={
        <>
          <div>
            {(['figures', 'content', 'sheet'] as const)
              .map(
                (part) =>
                  `${t(`bulletin.check.${part}`)}：${t(checked[part] ? 'bulletin.ok' : 'bulletin.bad')}`,
              )
              .concat(
                `${t('bulletin.check.signature')}：${t(`bulletin.signatureState.${checked.signature}`)}`,
              )
              .join(' · ')}
          </div>
          {checked.faults.map((fault) => (
            <div key={fault}>{fault}</div>
          ))}
          {!checked.layout && <div>{t('bulletin.newLayout')}</div>}
          <div className="hub-quiet">SHA-256 {checked.pageSha256}</div>
        </>
      }
    />
  );
}
