import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import type { Recording } from '../types.ts';
import { versionsOf, type Change } from './versions.ts';

/** All versions of the marks: who moved what, when, and what the values became; the automatic ones stay the first. */
export function CorrectionHistory({ recording }: { recording: Recording }) {
  const { t } = useTranslation('ecg');
  const versions = versionsOf(recording);
  if (versions.length === 0) return null;
  const list = (changed: Change[], names: 'mark' | 'value') =>
    changed.length === 0
      ? '—'
      : changed.map(({ key, before, after }) => (
          <div key={key}>
            {t(`${names}.${key}`)} {before ?? '—'} → <strong>{after ?? '—'}</strong> ms
          </div>
        ));
  return (
    <>
      <h3>{t('versions.title', { n: versions.length })}</h3>
      <table className="ecg-values ecg-versions">
        <thead>
          <tr>
            {['version', 'who', 'at', 'marks', 'values'].map((name) => (
              <th scope="col" key={name}>
                {t(`versions.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.id}>
              <td>{version.number}</td>
              <td>{version.correctedBy}</td>
              <td>{dateTime(version.correctedAt)}</td>
              <td>{list(version.marks, 'mark')}</td>
              <td>{list(version.values, 'value')}</td>
            </tr>
          ))}
          <tr>
            <td>0</td>
            <td>{t('values.automatic')}</td>
            <td>{recording.automatic ? dateTime(recording.automatic.at) : '—'}</td>
            <td>{t('versions.kept')}</td>
            <td />
          </tr>
        </tbody>
      </table>
    </>
  );
}
