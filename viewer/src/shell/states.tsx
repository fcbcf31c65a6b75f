import { Button, Progress, Skeleton } from 'antd';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client.ts';
import { isModuleFailure } from './moduleFailure.ts';
import { ownRefusalText, refusalSentence } from './refusal.ts';

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
    api === null
      ? isModuleFailure(error)
        ? 'module'
        : 'unexpected'
      : api.status === 0
        ? 'line'
        : api.status >= 500
          ? 'server'
          : `s${api.status}`;
  const own = api ? ownRefusalText(api, t) : '';
  return (
    <div className="hub-state" role="alert">
      <p className="hub-state-title">
        {own || t(`failed.${key}.title`, { defaultValue: t('failed.unexpected.title') })}
      </p>
      {!own && <p>{t(`failed.${key}.do`, { defaultValue: '' })}</p>}
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

/** The sentence for a failed act, for messages beside a form. */
export function errorText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return error.status === 0 ? t('shell:failed.line.title') : refusalSentence(error, t);
}
