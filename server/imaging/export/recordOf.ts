import { srTags, tags, type DataSet, type ElementList } from '../../standards/dicom/index.ts';
import { readStoredHeader, type StoredObject } from '../storedObject.ts';
import type { DirectoryRecord } from './writeDicomdir.ts';

const documentTitle = 0x00420010;
const mimeType = 0x00420012;
const doseSummationType = 0x3004000a;
const contentLabel = 0x00700080;
const contentDescription = 0x00700081;
const presentationCreationDate = 0x00700082;
const presentationCreationTime = 0x00700083;
const contentCreatorName = 0x00700084;
const structureSet = [0x30060002, 0x30060008, 0x30060009];
const plan = [0x300a0002, 0x300a0006, 0x300a0007];

interface Kind {
  type: DirectoryRecord['type'];
  /** SOP classes whose UID starts so. */
  classes: readonly string[];
  /** What the record repeats of the object; its concept name apart. */
  keys: readonly number[];
  named?: boolean;
}
const storage = '1.2.840.10008.5.1.4.1.1.';
const contentAt = [tags.contentDate, tags.contentTime];

/** The record of each kind of object (PS3.3 Table F.4-1); the first that matches, anything else is an image. */
const KINDS: readonly Kind[] = [
  { type: 'KEY OBJECT DOC', classes: [`${storage}88.59`], keys: contentAt, named: true },
  { type: 'SR DOCUMENT', classes: [`${storage}88.`], keys: [...contentAt, srTags.completionFlag, srTags.verificationFlag], named: true },
  { type: 'ENCAP DOC', classes: [`${storage}104.`], keys: [...contentAt, documentTitle, mimeType] },
  { type: 'PRESENTATION', classes: [`${storage}11.`], keys: [contentLabel, contentDescription, presentationCreationDate, presentationCreationTime, contentCreatorName] },
  { type: 'WAVEFORM', classes: [`${storage}9.`], keys: contentAt },
  { type: 'RT DOSE', classes: [`${storage}481.2`], keys: [doseSummationType] },
  { type: 'RT STRUCTURE SET', classes: [`${storage}481.3`], keys: structureSet },
  { type: 'RT PLAN', classes: [`${storage}481.5`], keys: plan },
  { type: 'RAW DATA', classes: [`${storage}66`], keys: contentAt },
]; // prettier-ignore

const kindOf = (sopClassUid: string) =>
  KINDS.find(({ classes }) => classes.some((each) => sopClassUid.startsWith(each)));

/** Type and keys of the directory record of an object, without its number. */
export function recordOf(
  sopClassUid: string,
  dataSet: DataSet | undefined,
): Pick<DirectoryRecord, 'type' | 'keys'> {
  const kind = kindOf(sopClassUid);
  if (!kind) return { type: 'IMAGE', keys: [] };
  const keys: ElementList = kind.keys.map((tag) => [tag, dataSet?.text(tag) ?? '']);
  const concept = dataSet?.sequence(srTags.conceptNameCodeSequence)[0];
  if (!kind.named || !concept) return { type: kind.type, keys };
  const code: ElementList = [tags.codeValue, tags.codingSchemeDesignator, tags.codeMeaning].map((tag) => [
    tag,
    concept.text(tag) ?? '',
  ]);
  return { type: kind.type, keys: [...keys, [srTags.conceptNameCodeSequence, [code]]] };
}

/** The same for a stored object, which is read only where its record repeats what it says. */
export async function recordOfStored(
  ctx: Parameters<typeof readStoredHeader>[0],
  object: StoredObject & { sopClassUid: string },
): Promise<Pick<DirectoryRecord, 'type' | 'keys'>> {
  const dataSet = kindOf(object.sopClassUid) && (await readStoredHeader(ctx, object)).dataSet;
  return recordOf(object.sopClassUid, dataSet);
}
