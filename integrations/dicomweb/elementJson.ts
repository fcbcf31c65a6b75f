import {
  readPersonName,
  tagText,
  vrOf,
  type DicomJson,
  type ElementList,
  type JsonElement,
  type JsonValue,
  type Vr,
} from '../../server/standards/dicom/index.ts';

const NUMBERS = new Set(['IS', 'DS', 'US', 'UL', 'SS', 'SL', 'FL', 'FD']);

/** Elements of the index in the DICOM JSON model (PS3.18 Annex F); empty values keep their tag. */
export function elementJson(elements: ElementList): DicomJson {
  const json: DicomJson = {};
  for (const [tag, value, given] of elements) {
    const { key, vr: usual } = describe(tag);
    const vr = given ?? usual;
    const element: JsonElement = { vr };
    if (Array.isArray(value)) {
      const values = (value as readonly unknown[]).filter(isThere);
      if (values.length > 0) element.Value = values.map((part) => jsonValue(part, vr));
    } else if (isThere(value)) element.Value = [jsonValue(value, vr)];
    json[key] = element;
  }
  return json;
}

const described = new Map<number, { key: string; vr: Vr }>();

/** Key and representation of a tag: the index has some forty, each is worked out once. */
function describe(tag: number): { key: string; vr: Vr } {
  let known = described.get(tag);
  if (!known) described.set(tag, (known = { key: tagText(tag), vr: vrOf(tag) ?? 'UN' }));
  return known;
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
