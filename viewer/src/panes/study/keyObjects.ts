import { items, number, text, values, type DataSet } from './dicomJson.ts';

/** An image that a document points at. */
export interface ReferencedObject {
  sopInstanceUid: string;
  /** From 1. */
  frame: number;
}

/** The same with where it lies. */
export interface ReferencedImage extends ReferencedObject {
  studyUid: string;
  seriesUid: string;
}

export interface KeyObjects {
  /** Code of the title (PS3.16 CID 7010), `113000` for "Of Interest". */
  titleCode: string;
  title: string;
  description: string;
  observer: string;
  images: ReferencedImage[];
}

const t = {
  valueType: '0040A040',
  conceptName: '0040A043',
  codeValue: '00080100',
  codeMeaning: '00080104',
  textValue: '0040A160',
  personName: '0040A123',
  content: '0040A730',
  evidence: '0040A375',
  referencedSeries: '00081115',
  referencedSop: '00081199',
  referencedInstance: '00081155',
  referencedFrame: '00081160',
  studyUid: '0020000D',
  seriesUid: '0020000E',
} as const;

/** Study and series of every object that a document names as its evidence (PS3.3 §C.17.2). */
function placesOf(document: DataSet): Map<string, { studyUid: string; seriesUid: string }> {
  const places = new Map<string, { studyUid: string; seriesUid: string }>();
  for (const study of items(document, t.evidence))
    for (const series of items(study, t.referencedSeries))
      for (const object of items(series, t.referencedSop))
        places.set(text(object, t.referencedInstance), {
          studyUid: text(study, t.studyUid),
          seriesUid: text(series, t.seriesUid),
        });
  return places;
}

/** What a Key Object Selection chose (PS3.16 TID 2010); frames of a multi-frame object one by one, in their order. */
export function readKeyObjects(document: DataSet): KeyObjects {
  const places = placesOf(document);
  const content = items(document, t.content);
  const concept = items(document, t.conceptName)[0] ?? {};
  const first = (valueType: string, code?: string) =>
    content.find(
      (each) =>
        text(each, t.valueType) === valueType &&
        (code === undefined || text(items(each, t.conceptName)[0] ?? {}, t.codeValue) === code),
    ) ?? {};
  return {
    titleCode: text(concept, t.codeValue),
    title: text(concept, t.codeMeaning),
    description: text(first('TEXT', '113012'), t.textValue),
    observer: text(first('PNAME'), t.personName),
    images: content
      .filter((each) => text(each, t.valueType) === 'IMAGE')
      .flatMap((each) => {
        const reference = items(each, t.referencedSop)[0] ?? {};
        const sopInstanceUid = text(reference, t.referencedInstance);
        const place = places.get(sopInstanceUid);
        const frames = values(reference, t.referencedFrame).map(Number);
        return place
          ? (frames.length > 0 ? frames : [number(reference, t.referencedFrame) ?? 1]).map((frame) => ({
              ...place,
              sopInstanceUid,
              frame,
            }))
          : [];
      }),
  };
}
