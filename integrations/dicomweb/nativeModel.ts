import {
  keywordOf,
  type DicomJson,
  type JsonElement,
  type JsonValue,
} from '../../server/standards/dicom/index.ts';
import { xmlText } from '../../server/standards/xmlText.ts';

/**
 * A data set of the DICOM JSON model as a document of the Native DICOM Model (PS3.19 Annex A.1), which is what
 * `application/dicom+xml` means (PS3.18 §8.7.3.2). A private attribute
 * carries the creator of its block in place of the block's number.
 */
export function nativeModel(json: DicomJson): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">${attributes(json)}</NativeDicomModel>\n`;
}

const attributes = (json: DicomJson): string =>
  Object.entries(json)
    .sort(([a], [b]) => (a < b ? -1 : 1)) // an object gives names that look like numbers first
    .map(([tag, element]) => {
      const number = Number.parseInt(tag, 16);
      const keyword = keywordOf(number);
      const creator = privateCreator(json, number);
      const names = [
        `tag="${xmlText(isPrivateBlock(number) ? `${tag.slice(0, 4)}00${tag.slice(6)}` : tag)}"`,
        `vr="${xmlText(element.vr)}"`,
        ...(keyword === undefined ? [] : [`keyword="${keyword}"`]),
        ...(creator === undefined ? [] : [`privateCreator="${xmlText(creator)}"`]),
      ];
      return `<DicomAttribute ${names.join(' ')}>${content(element)}</DicomAttribute>`;
    })
    .join('');

const isPrivateBlock = (tag: number): boolean => ((tag >>> 16) & 1) === 1 && ((tag >>> 8) & 0xff) >= 0x10;

/** The value of (gggg,00bb) for a private attribute (gggg,bbxx). */
function privateCreator(json: DicomJson, tag: number): string | undefined {
  if (!isPrivateBlock(tag)) return undefined;
  const reserved = ((tag & 0xffff0000) >>> 0) + ((tag >>> 8) & 0xff);
  const [creator] = json[reserved.toString(16).toUpperCase().padStart(8, '0')]?.Value ?? [];
  return typeof creator === 'string' ? creator : undefined;
}

function content({ vr, Value, InlineBinary, BulkDataURI }: JsonElement): string {
  if (BulkDataURI !== undefined) return `<BulkData uri="${xmlText(BulkDataURI)}"/>`;
  if (InlineBinary !== undefined) return `<InlineBinary>${InlineBinary}</InlineBinary>`;
  return (Value ?? [])
    .map((value, index) => {
      const number = `number="${index + 1}"`;
      if (vr === 'SQ') return `<Item ${number}>${attributes((value ?? {}) as DicomJson)}</Item>`;
      if (value === null) return ''; // an empty value keeps the number of the next one
      if (vr === 'PN') {
        const name = personName(value);
        return name && `<PersonName ${number}>${name}</PersonName>`;
      }
      return `<Value ${number}>${xmlText(String(value as string | number))}</Value>`;
    })
    .join('');
}

const PARTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'];

function personName(value: Exclude<JsonValue, null>): string {
  if (typeof value !== 'object') return '';
  return (['Alphabetic', 'Ideographic', 'Phonetic'] as const)
    .map((group) => {
      const text = value[group];
      if (typeof text !== 'string') return '';
      const components = text.split('^').slice(0, PARTS.length);
      const inner = components.map((part, at) =>
        part ? `<${PARTS[at]}>${xmlText(part)}</${PARTS[at]}>` : '',
      );
      return inner.some(Boolean) ? `<${group}>${inner.join('')}</${group}>` : '';
    })
    .join('');
}
