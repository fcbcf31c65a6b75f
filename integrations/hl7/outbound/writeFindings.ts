import { organismText } from '../../../server/lab/result/organism.ts';
import type { OutSegment } from '../../../server/standards/hl7v2/write.ts';
import type { Quirks } from './endpoint.ts';

interface ResultLine {
  code: string;
  name: string;
  value: string;
  unit?: string | null;
  range?: string | null;
  flag?: string | null;
  loinc?: string | null;
  measuredAt?: string | null;
  numeric?: boolean;
  corrected?: { from: string; reason: string };
  preliminary?: boolean;
  organisms?: Parameters<typeof organismText>[0];
}

/** One OBX per laboratory result, else one for findings and one for the impression. */
export function writeFindings(
  content: Record<string, unknown>,
  status: string,
  quirks: Quirks,
  stamp: (at: Date) => string,
): OutSegment[] {
  const results = Array.isArray(content['results']) ? (content['results'] as ResultLine[]) : [];
  return results.length > 0
    ? results.flatMap((one, index) => writeResult(one, index + 1, status, stamp))
    : writeTexts(content, status, quirks);
}

/** OBX of one laboratory result, with a note for what belongs to it besides its value. */
function writeResult(
  one: ResultLine,
  position: number,
  status: string,
  stamp: (at: Date) => string,
): OutSegment[] {
  return [
    [
      'OBX',
      position,
      one.numeric ? 'NM' : 'ST',
      one.loinc ? [one.code, one.name, 'L', one.loinc, undefined, 'LN'] : [one.code, one.name, 'L'],
      undefined,
      one.value,
      // As UCUM writes it: `10^9/L` would go out as 10\S\9/L.
      one.unit?.replace(/10\^(?=\d)/, '10*'),
      // OBX-7 is low-high with the plain sign; ours is printed with the wide one.
      one.range?.replace(/[～~]/g, '-'),
      one.flag ?? undefined,
      undefined,
      undefined,
      // In a corrected report only the lines that changed are corrections (HL7 table 0085).
      one.preliminary ? 'P' : status === 'C' && !one.corrected ? 'F' : status,
      undefined,
      undefined,
      one.measuredAt ? stamp(new Date(one.measuredAt)) : undefined,
    ],
    ...remarksOf(one).map((text, number): OutSegment => ['NTE', number + 1, 'L', text]),
  ];
}

/** What belongs to a value besides it: what a culture grew with its susceptibilities, what it was before. */
function remarksOf(line: ResultLine): string[] {
  return [
    ...(line.organisms ?? []).map((organism) => organismText([organism])),
    ...(line.corrected ? [`原结果 ${line.corrected.from},更正原因:${line.corrected.reason}`] : []),
  ];
}

/** OBX of findings and impression as text. */
function writeTexts(content: Record<string, unknown>, status: string, quirks: Quirks): OutSegment[] {
  const texts: [string, string, unknown][] = [
    ['FINDINGS', '所见', content['findings']],
    ['IMPRESSION', '结论', content['impression']],
  ];
  return texts
    .filter(([, , value]) => typeof value === 'string' && value.trim() !== '')
    .flatMap(([code, name, value]): [string, string, string][] =>
      (quirks.splitLines ? String(value).split(/\r\n|\r|\n/) : [String(value)]).map((line) => [
        code,
        name,
        line,
      ]),
    )
    .map(([code, name, value], index): OutSegment => [
      'OBX',
      index + 1,
      quirks.textType ?? 'FT',
      [code, name, 'L'],
      undefined,
      value,
      undefined,
      undefined,
      code === 'IMPRESSION' && content['positive'] === true ? 'A' : undefined,
      undefined,
      undefined,
      status,
    ]);
}
