import { localDateTime } from '../localTime.ts';
import type { EarlierResult } from './findEarlierResults.ts';

/** The text that the clinician's record cites: source site, item, examination time, report time, result. */
export function citationOf(result: EarlierResult): string {
  return `互认引用:${result.institutionName}检查,${result.reportingInstitutionName}报告;项目:${result.itemName};检查时间:${localDateTime(result.examinedAt)};报告时间:${localDateTime(result.signedAt)};检查号:${result.accessionNumber};标识:${result.label ?? ''};结果:${resultText(result)}`;
}

function resultText({ impression, values }: EarlierResult): string {
  const measured = values
    .map(({ name, value, unit }) => `${name} ${value}${unit ? ` ${unit}` : ''}`)
    .join('、');
  return [impression, measured].filter(Boolean).join(';') || '见原报告';
}
