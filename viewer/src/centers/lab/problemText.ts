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
  const { barcode, box, state, round, ...more } = error.problem as Params;
  const places: Record<string, string> = {
    'tube-state': `lab:tube.${String(state)}`,
    'box-state': `lab:box.state.${String(state)}`,
    'round-state': `lab:eqa.state.${String(round)}`,
  };
  const place = places[error.code];
  if (place) return t(`lab:problem.${error.code}`, { code: barcode ?? box, state: t(place) });
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
