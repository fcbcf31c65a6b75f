import { number, text, values, type DataSet } from './dicomJson.ts';

export interface ContentLine {
  depth: number;
  name: string;
  value: string;
}

const t = {
  valueType: '0040A040',
  conceptName: '0040A043',
  codeMeaning: '00080104',
  textValue: '0040A160',
  personName: '0040A123',
  dateTime: '0040A120',
  date: '0040A121',
  time: '0040A122',
  uid: '0040A124',
  conceptCode: '0040A168',
  measuredValues: '0040A300',
  numericValue: '0040A30A',
  units: '004008EA',
  content: '0040A730',
  referenced: '00081199',
  referencedInstance: '00081155',
} as const;

const items = (data: DataSet, name: string) => values(data, name) as DataSet[];
const meaning = (data: DataSet, name: string) => text(items(data, name)[0] ?? {}, t.codeMeaning);

function valueOf(node: DataSet): string {
  switch (text(node, t.valueType)) {
    case 'TEXT':
      return text(node, t.textValue);
    case 'PNAME':
      return text(node, t.personName);
    case 'CODE':
      return meaning(node, t.conceptCode);
    case 'DATE':
      return text(node, t.date);
    case 'TIME':
      return text(node, t.time);
    case 'DATETIME':
      return text(node, t.dateTime);
    case 'UIDREF':
      return text(node, t.uid);
    case 'NUM': {
      const measured = items(node, t.measuredValues)[0] ?? {};
      const value = number(measured, t.numericValue);
      return value === null ? '' : `${value} ${meaning(measured, t.units)}`;
    }
    case 'IMAGE':
    case 'COMPOSITE':
    case 'WAVEFORM':
      return text(items(node, t.referenced)[0] ?? {}, t.referencedInstance);
    default:
      return '';
  }
}

/** The content tree of a structured report as indented lines (PS3.3 C.17.3). */
export function contentLines(node: DataSet, depth = 0): ContentLine[] {
  if (depth > 12) return [];
  const own: ContentLine = { depth, name: meaning(node, t.conceptName), value: valueOf(node) };
  const below = items(node, t.content).flatMap((child) => contentLines(child, depth + 1));
  return own.name || own.value ? [own, ...below] : below;
}
