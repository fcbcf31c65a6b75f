import { localDateTime } from '../localTime.ts';
import { isElsewhere, type Prompt } from './choosePrompts.ts';

/** The text that the clinician's record cites: source site (and platform), item, examination time, report time, result. */
export function citationOf(result: Prompt): string {
  const source = isElsewhere(result)
    ? `${result.institutionName ?? '机构未注明'}(经${result.platformName})`
    : `${result.institutionName}检查,${result.reportingInstitutionName}报告`;
  const number = isElsewhere(result) ? `报告号:${result.reportNumber}` : `检查号:${result.accessionNumber}`;
  const at = (when: Date | string) => localDateTime(new Date(when));
  return `互认引用:${source};项目:${result.itemName};检查时间:${at(result.examinedAt)};报告时间:${at(result.signedAt)};${number};标识:${result.label ?? ''};结果:${resultText(result)}`;
}

function resultText({ impression, values }: Prompt): string {
  const measured = values
    .map(({ name, value, unit }) => `${name} ${value}${unit ? ` ${unit}` : ''}`)
    .join('、');
  return [impression, measured].filter(Boolean).join(';') || '见原报告';
}
