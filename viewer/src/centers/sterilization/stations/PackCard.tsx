import { useTranslation } from 'react-i18next';
import { pictureUrl } from '../catalogue/PictureField.tsx';
import type { PackDetail } from '../types.ts';

/** The scanned pack in large type: what it is, whose, where it stands and what comes next. */
export function PackCard({ pack }: { pack: PackDetail }) {
  const { t, i18n } = useTranslation('sterilization');
  return (
    <section className="cssd-card" aria-live="polite">
      <h2>
        {i18n.language === 'en-US' && pack.setNameEn ? pack.setNameEn : pack.setName}
        {pack.implant && <em className="cssd-mark">{t('pack.implant')}</em>}
        {pack.urgent && <em className="cssd-mark cssd-mark-warn">{t('pack.urgent')}</em>}
        {pack.infectious !== 'none' && (
          <em className="cssd-mark cssd-mark-breach">{t(`infectious.${pack.infectious}`)}</em>
        )}
      </h2>
      {pack.pictureSha256 && (
        <img className="cssd-station-picture" src={pictureUrl(pack.pictureSha256)} alt={pack.setName} />
      )}
      <p className="cssd-code">
        {pack.code} {pack.trayCode && <span>· {pack.trayCode}</span>}
      </p>
      <dl>
        <dt>{t('pack.owner')}</dt>
        <dd>{pack.owner}</dd>
        <dt>{t('pack.state')}</dt>
        <dd>{t(`state.${pack.state}`)}</dd>
        <dt>{t('pack.next')}</dt>
        <dd>{pack.nextStep ? t(`act.${pack.nextStep}`) : '—'}</dd>
        {pack.expiresOn && (
          <>
            <dt>{t('pack.expiresOn')}</dt>
            <dd
              className={
                pack.expiry === 'expired' ? 'hub-tone-breach' : pack.expiry === 'soon' ? 'hub-tone-warn' : ''
              }
            >
              {pack.expiresOn} {pack.expiry && pack.expiry !== 'valid' ? t(`expiry.${pack.expiry}`) : ''}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
