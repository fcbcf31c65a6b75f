import { useTranslation } from 'react-i18next';
import { diffText } from './diffText.ts';
import type { ReportContent } from './useReport.ts';

const fields = ['findings', 'impression'] as const;

/** What the verifier changed in the writer's text. */
export function ReportDiff({ before, after }: { before: ReportContent; after: ReportContent }) {
  const { t } = useTranslation('shell');
  const changed = fields.filter((field) => String(before[field] ?? '') !== String(after[field] ?? ''));
  if (changed.length === 0) return null;
  return (
    <details className="hub-diff">
      <summary>{t('report.changed')}</summary>
      {changed.map((field) => (
        <p key={field} className="hub-prewrap">
          <b>{t(`report.${field}`)} </b>
          {diffText(String(before[field] ?? ''), String(after[field] ?? '')).map((part, index) =>
            part.kind === 'same' ? (
              <span key={index}>{part.text}</span>
            ) : part.kind === 'added' ? (
              <ins key={index}>{part.text}</ins>
            ) : (
              <del key={index}>{part.text}</del>
            ),
          )}
        </p>
      ))}
    </details>
  );
}
