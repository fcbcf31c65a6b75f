import type { TFunction } from 'i18next';
import { ApiError } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';

/** Why an act of the laboratory was refused, in the words of its pages: which tube, box or order stands how. */
export function problemText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError) || (error.problem.errors ?? []).length > 0) return errorText(error, t);
  const { barcode, box, state, status, round, ...more } = error.problem as Record<string, unknown>;
  if (error.code === 'wrong-status') {
    if (typeof barcode === 'string')
      return t('lab:problem.tube', { code: barcode, state: t(`lab:tube.${String(state)}`) });
    if (typeof box === 'string')
      return t('lab:problem.box', { code: box, state: t(`lab:box.state.${String(state)}`) });
    if (typeof round === 'string') return t('lab:problem.round', { state: t(`lab:eqa.state.${round}`) });
    const order = error.problem['orderStatus'] ?? (typeof status === 'string' ? status : undefined);
    if (typeof order === 'string')
      return t('lab:problem.order', { state: t(`shell:status.${order}`, { defaultValue: order }) });
  }
  return t(`lab:problem.${error.code}`, { ...more, barcode, box, defaultValue: errorText(error, t) });
}
