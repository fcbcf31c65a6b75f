import { useTranslation } from 'react-i18next';
import { clockTime } from '../format.ts';
import type { ReportState } from './useReport.ts';

/** `已保存 10:32:05`, always visible. */
export function SavedMark({ state }: { state: ReportState }) {
  const { t } = useTranslation('shell');
  const text =
    state.saving === 'saving' || state.saving === 'waiting'
      ? t('saved.saving')
      : state.saving === 'failed'
        ? t('saved.local')
        : state.savedAt
          ? t('saved.at', { time: clockTime(state.savedAt) })
          : t('saved.nothing');
  return (
    <span
      className={state.saving === 'failed' ? 'hub-saved hub-tone-warn' : 'hub-saved'}
      role="status"
      data-saving={state.saving}
    >
      {text}
    </span>
  );
}
