import type { TFunction } from 'i18next';
import { ApiError } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';

type Params = Record<string, unknown>;

/** Words of a fault by its code; tests are named as the page names them. Without known words what the hub wrote stands. */
export function faultText(
  fault: { code?: string | null; params?: Params | null; message: string },
  t: TFunction,
): string {
  if (!fault.code) return fault.message;
  return t(`lab:fault.${fault.code}`, { ...fault.params, defaultValue: fault.message });
}

/** Why an act of the laboratory was refused, in the words of its pages: which tube, box or order stands how. */
export function problemText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return errorText(error, t);
  const faults = error.problem.errors ?? [];
  if (faults.length > 0) return faults.map((fault) => faultText(fault, t)).join('; ');
  const { barcode, box, state, status, round, ...more } = error.problem as Params;
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
  if (error.code === 'results-held') return t('lab:problem.results-held', { list: heldList(more, t) });
  const known = faultText({ code: error.code, params: more, message: '' }, t);
  return (
    known || t(`lab:problem.${error.code}`, { ...more, barcode, box, defaultValue: errorText(error, t) })
  );
}

function heldList(problem: Params, t: TFunction): string {
  const waiting = (problem['waiting'] ?? []) as { testCode: string; reasons: string[] }[];
  return waiting
    .map(
      (one) =>
        `${one.testCode} ${one.reasons.map((reason) => t(`lab:hold.${reason}`, { defaultValue: reason })).join(', ')}`,
    )
    .join('; ');
}
