import {
  readPersonName,
  tagText,
  vrOf,
  type DicomJson,
  type ElementList,
  type JsonElement,
  type JsonValue,
} from '../../server/standards/dicom/index.ts';

const NUMBERS = new Set(['IS', 'DS', 'US', 'UL', 'SS', 'SL', 'FL', 'FD']);

/** Elements of the index in the DICOM JSON model (PS3.18 Annex F); empty values keep their tag. */
export function elementJson(elements: ElementList): DicomJson {
  const json: DicomJson = {};
  for (const [tag, value, given] of elements) {
    const vr = given ?? vrOf(tag) ?? 'UN';
    const element: JsonElement = { vr };
    if (Array.isArray(value)) {
      const values = (value as readonly unknown[]).filter(isThere);
      if (values.length > 0) element.Value = values.map((part) => jsonValue(part, vr));
    } else if (isThere(value)) element.Value = [jsonValue(value, vr)];
    json[tagText(tag)] = element;
  }
  return json;
}

const isThere = (part: unknown): part is string | number =>
  part !== undefined && part !== null && part !== '';

function jsonValue(value: string | number, vr: string): JsonValue {
  if (vr === 'PN') {
    const { alphabetic, ideographic, phonetic } = readPersonName(String(value));
    return {
      ...(alphabetic && { Alphabetic: alphabetic }),
      ...(ideographic && { Ideographic: ideographic }),
      ...(phonetic && { Phonetic: phonetic }),
    };
  }
  return NUMBERS.has(vr) && Number.isFinite(Number(value)) ? Number(value) : String(value);
}
