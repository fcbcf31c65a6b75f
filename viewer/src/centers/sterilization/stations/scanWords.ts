import type { TFunction } from 'i18next';
import { stepWord } from '../stepWord.ts';

/** What was scanned in an act kept offline: the codes it names. */
export function codeOf(input: Record<string, unknown> | undefined): string {
  if (!input) return '';
  const named = [input['code'], input['codes'], input['tray'], input['trays'], input['returnNumber']];
  return named
    .flat()
    .filter((one): one is string => typeof one === 'string')
    .join(', ');
}

/** Why a scan was not taken over, `type: detail` as the hub keeps it, in the words of the station. */
export function scanProblem(problem: string, t: TFunction): string {
  const [type = ''] = problem.split(':', 1);
  const state = / is (?:already )?([a-z-]+)/.exec(problem)?.[1];
  const missing = /missing before [a-z-]+: (.+)$/.exec(problem)?.[1];
  const words = t(`sterilization:problem.${type}`, {
    defaultValue: '',
    missing:
      missing
        ?.split(', ')
        .map((step) => stepWord(step, t))
        .join('、') ?? '',
    instruments: '',
    state: state ? stepWord(state, t) : '',
    expiresOn: '',
  });
  // Words that wait for facts say too little without them: the hub's own sentence has them.
  return words === '' || /[:：（(]\s*[)）]?$/.test(words) ? problem.slice(type.length + 1).trim() : words;
}
