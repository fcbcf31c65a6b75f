import type { SynopticDefinition, SynopticElement, SynopticValue, SynopticValues } from './definition.ts';
import { stageOf, stageWords } from './stage.ts';

export interface SynopticFault {
  element: string;
  label: string;
  code: 'required' | 'unknown-option' | 'out-of-range' | 'wrong-type' | 'contradicts';
}

const isEmpty = (value: SynopticValue | undefined) =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** Elements that the other answers ask for. */
export function askedElements(definition: SynopticDefinition, values: SynopticValues): SynopticElement[] {
  return definition.elements.filter(({ when }) => {
    if (!when) return true;
    const value = values[when.element];
    return Array.isArray(value)
      ? value.some((code) => when.in.includes(code))
      : when.in.includes(String(value ?? ''));
  });
}

function faultOf(
  element: SynopticElement,
  value: SynopticValue | undefined,
): SynopticFault['code'] | undefined {
  if (isEmpty(value)) return element.required ? 'required' : undefined;
  if (element.type === 'number') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'wrong-type';
    return value < (element.min ?? 0) || value > (element.max ?? 1e6) ? 'out-of-range' : undefined;
  }
  if (element.type === 'text') return typeof value === 'string' ? undefined : 'wrong-type';
  const chosen = Array.isArray(value) ? value : [String(value)];
  if (element.type === 'choice' && Array.isArray(value)) return 'wrong-type';
  return chosen.every((code) => element.options?.some((option) => option.code === code))
    ? undefined
    : 'unknown-option';
}

/** What is missing or wrong in a filled form, required elements first of all. */
export function checkSynoptic(definition: SynopticDefinition, values: SynopticValues): SynopticFault[] {
  const faults = askedElements(definition, values).flatMap((element) => {
    const code = faultOf(element, values[element.code]);
    return code ? [{ element: element.code, label: element.label.zh, code }] : [];
  });
  const examined = values.nodesExamined;
  const positive = values.nodesPositive;
  if (typeof examined === 'number' && typeof positive === 'number' && positive > examined) {
    const label =
      definition.elements.find(({ code }) => code === 'nodesPositive')?.label.zh ?? 'nodesPositive';
    faults.push({ element: 'nodesPositive', label, code: 'out-of-range' });
  }
  for (const element of contradictions(values)) {
    const label = definition.elements.find(({ code }) => code === element)?.label.zh;
    if (label) faults.push({ element, label, code: 'contradicts' });
  }
  return faults;
}

/** Answers that cannot both be true: the stage computed from them would be wrong. */
function contradictions({ nodes, nodesPositive, histology, extent }: SynopticValues): string[] {
  const found: string[] = [];
  if (typeof nodes === 'string' && typeof nodesPositive === 'number' && nodes !== 'NX')
    if ((nodes === 'N0') !== (nodesPositive === 0)) found.push('nodes');
  const inSitu = { 'in-situ': 'ais', 'minimally-invasive': 'mia' } as const;
  for (const [how, type] of Object.entries(inSitu))
    if ((extent === how && histology === 'adenocarcinoma') || (histology === type && extent === 'lung'))
      found.push('extent');
  return found;
}

function words(element: SynopticElement, value: SynopticValue, language: 'zh' | 'en'): string {
  if (element.type === 'number') return `${String(value)}${element.unit ? ` ${element.unit}` : ''}`;
  const chosen = Array.isArray(value) ? value : [String(value)];
  if (element.type === 'text') return chosen.join();
  const labels = chosen.map(
    (code) => element.options?.find((option) => option.code === code)?.label[language] ?? code,
  );
  return labels.join(language === 'zh' ? '、' : ', ');
}

/** The text of a filled form, one line for each answered element, the stage at the end. */
export function renderSynoptic(
  definition: SynopticDefinition,
  values: SynopticValues,
  language: 'zh' | 'en' = 'zh',
): string {
  const colon = language === 'zh' ? '：' : ': ';
  const lines = askedElements(definition, values).flatMap((element) => {
    const value = values[element.code];
    return value === undefined || isEmpty(value)
      ? []
      : [`${element.label[language]}${colon}${words(element, value, language)}`];
  });
  const stage = stageOf(definition, values);
  if (stage)
    lines.push(
      `${language === 'zh' ? '病理分期' : 'Pathological stage'}${colon}${stageWords(stage, language)}`,
    );
  return lines.join('\n');
}
