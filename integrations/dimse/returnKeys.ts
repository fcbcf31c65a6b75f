import type { DataSet, ElementList, ElementToWrite } from '../../server/standards/dicom/index.ts';
import { tags } from '../../server/standards/dicom/index.ts';

/** What a response holds beside the keys that were asked for, at its level. */
const always: ReadonlySet<number> = new Set([
  tags.queryRetrieveLevel,
  tags.retrieveAeTitle,
  tags.instanceAvailability,
]);

/**
 * The match as the peer asked for it (PS3.4 §C.4.1.1.3.2, §K.4.1.1.3.2): each attribute of the identifier with its value, empty where the hub has none;
 * a sequence asked for without keys comes whole.
 */
export function returnKeys(identifier: DataSet, match: ElementList): ElementList {
  const values = new Map(match.map((element) => [element[0], element]));
  const asked = identifier
    .elements()
    .filter(({ tag }) => tag !== tags.specificCharacterSet && (tag & 0xffff) !== 0);
  const answer: ElementToWrite[] = asked.map(({ tag, vr }): ElementToWrite => {
    const element = values.get(tag);
    if (element === undefined) return vr === 'SQ' ? [tag, [], 'SQ'] : [tag, undefined, vr];
    return vr === 'SQ' ? [tag, returnItems(identifier.sequence(tag)[0], element[1])] : element;
  });
  const named = new Set(asked.map(({ tag }) => tag));
  return [...answer, ...match.filter(([tag]) => always.has(tag) && !named.has(tag))];
}

function returnItems(keys: DataSet | undefined, value: ElementToWrite[1]): ElementToWrite[1] {
  if (keys === undefined || keys.elements().length === 0 || !Array.isArray(value)) return value;
  return (value as readonly ElementList[]).map((item) => returnKeys(keys, item));
}
