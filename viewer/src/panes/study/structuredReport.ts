import { items, number, text, type DataSet } from './dicomJson.ts';
import type { ReferencedObject } from './keyObjects.ts';

export interface ContentLine {
  depth: number;
  name: string;
  value: string;
  /** The image that the line points at. */
  image?: ReferencedObject;
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
  referencedFrame: '00081160',
} as const;

const meaning = (data: DataSet, name: string) => text(items(data, name)[0] ?? {}, t.codeMeaning);

/** `20261130` → `2026-11-30`; other texts as they are. */
const dated = (value: string) => value.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
/** `101500.25` → `10:15:00`. */
const timed = (value: string) => value.replace(/\..*$/, '').replace(/(\d{2})(?=\d)/g, '$1:');

function valueOf(node: DataSet): string {
  switch (text(node, t.valueType)) {
    case 'TEXT':
      return text(node, t.textValue);
    case 'PNAME':
      return text(node, t.personName);
    case 'CODE':
      return meaning(node, t.conceptCode);
    case 'DATE':
      return dated(text(node, t.date));
    case 'TIME':
      return timed(text(node, t.time));
    case 'DATETIME':
      return text(node, t.dateTime).replace(/^(\d{8})(\d{0,6}).*$/, (_, date: string, time: string) =>
        `${dated(date)} ${timed(time)}`.trim(),
      );
    case 'UIDREF':
      return text(node, t.uid);
    case 'NUM': {
      const measured = items(node, t.measuredValues)[0] ?? {};
      const value = number(measured, t.numericValue);
      return value === null ? '' : `${value} ${meaning(measured, t.units)}`.trim();
    }
    case 'COMPOSITE':
    case 'WAVEFORM':
      return text(items(node, t.referenced)[0] ?? {}, t.referencedInstance);
    default:
      return '';
  }
}

function imageOf(node: DataSet): Pick<ContentLine, 'image'> {
  if (text(node, t.valueType) !== 'IMAGE') return {};
  const reference = items(node, t.referenced)[0] ?? {};
  const sopInstanceUid = text(reference, t.referencedInstance);
  return sopInstanceUid
    ? { image: { sopInstanceUid, frame: number(reference, t.referencedFrame) ?? 1 } }
    : {};
}

/** The content tree of a structured report as indented lines (PS3.3 C.17.3). */
export function contentLines(node: DataSet, depth = 0): ContentLine[] {
  if (depth > 12) return [];
  const own: ContentLine = {
    depth,
    name: meaning(node, t.conceptName),
    value: valueOf(node),
    ...imageOf(node),
  };
  const below = items(node, t.content).flatMap((child) => contentLines(child, depth + 1));
  return own.name || own.value || own.image ? [own, ...below] : below;
}
