import { Button, Progress, Skeleton } from 'antd';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';

/** What will stand here and what to do. */
export function Empty({ text, action }: { text: string; action?: ReactNode }) {
  return (
    <div className="hub-state">
      <p>{text}</p>
      {action}
    </div>
  );
}

/** What happened, what to do, the reference number, and a way to try again. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('shell');
  const api = error instanceof ApiError ? error : null;
  const key =
    api === null ? 'unexpected' : api.status === 0 ? 'line' : api.status >= 500 ? 'server' : `s${api.status}`;
  return (
    <div className="hub-state" role="alert">
      <p className="hub-state-title">
        {t(`failed.${key}.title`, { defaultValue: api?.problem.title ?? t('failed.unexpected.title') })}
      </p>
      <p>{t(`failed.${key}.do`, { defaultValue: api?.problem.detail ?? '' })}</p>
      {/* of what is not there the hub says only its id */}
      {api?.problem.detail && api.status > 0 && api.status !== 404 && (
        <p className="hub-quiet">{api.problem.detail}</p>
      )}
      {api?.requestId && <p className="hub-quiet">{t('failed.reference', { id: api.requestId })}</p>}
      {retry && (
        <Button type="primary" onClick={retry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  );
}

/** Skeleton at first; with counts, progress. */
export function Loading({ done, total, rows = 4 }: { done?: number; total?: number; rows?: number }) {
  const { t } = useTranslation('shell');
  return (
    <div className="hub-loading" role="status" aria-label={t('loading')}>
      {total ? (
        <Progress
          percent={Math.round(((done ?? 0) / total) * 100)}
          format={() => `${done ?? 0} / ${total}`}
        />
      ) : (
        <Skeleton title={false} paragraph={{ rows }} />
      )}
    </div>
  );
}

/** What somebody else did meanwhile, in the language of the page. */
const conflictsWithWords = new Set([
  'claimed-by-other',
  'already-signed',
  'not-submitted',
  'not-final',
  'submitted',
]);
function conflictText(error: ApiError, t: TFunction): string {
  const who = error.problem['claimedBy'] ?? error.problem['signedBy'] ?? t('shell:report.somebody');
  return t(`shell:problem.${error.code}`, { who });
}

/** The sentence for a failed act, for messages beside a form. */
export function errorText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return t('shell:failed.line.title');
  if (error.code === 'critical-not-notified')
    return t('shell:problem.critical-not-notified', { finding: error.problem['finding'] ?? '' });
  if (error.status === 409 && conflictsWithWords.has(error.code)) return conflictText(error, t);
  // What a report lacks has words in each language; the hub's own are Chinese.
  const said = (fault: { message: string; code?: string; params?: Record<string, string | number> }) =>
    error.code === 'report-problems' && fault.code
      ? t(`shell:problem.${fault.code}`, { defaultValue: fault.message, ...fault.params })
      : fault.message;
  const fields = (error.problem.errors ?? []).map(said).join('; ');
  return fields || error.problem.detail || error.problem.title || t('shell:failed.unexpected.title');
}
