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
  const parts = [
    ...(['figures', 'content', 'sheet'] as const).map(
      (part) => [part, t(checked[part] ? 'bulletin.ok' : 'bulletin.bad')] as const,
    ),
    ['signature', t(`bulletin.signatureState.${checked.signature}`)] as const,
  ];
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
            {parts
              .map(([part, state]) => t('bulletin.part', { name: t(`bulletin.check.${part}`), state }))
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
