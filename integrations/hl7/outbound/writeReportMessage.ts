import { baseUrl } from '../../../server/core/config.ts';
import type { Context } from '../../../server/core/context.ts';
import { notFound } from '../../../server/core/errors.ts';
import { organismText } from '../../../server/lab/result/organism.ts';
import { encodeText } from '../../../server/standards/hl7v2/charset.ts';
import {
  formatTimestamp,
  writeMessage,
  type OutField,
  type OutSegment,
} from '../../../server/standards/hl7v2/write.ts';

export interface Endpoint {
  institutionId: string;
  institutionCode: string;
  host: string;
  port: number;
  version: string;
  charset: string;
  pdf: string;
  receivingApplication: string;
  receivingFacility: string;
  quirks: unknown;
}

/** Field quirks of one institution; what is not named here goes out as the standard says. */
interface Quirks {
  /** MSH-18 spelled as the peer knows it, e.g. GBK. */
  charsetName?: string;
  /** Family and given name in two components. */
  splitNames?: boolean;
  /** Leave out what older peers cannot read. */
  omitPdf?: boolean;
  sendingApplication?: string;
  sendingFacility?: string;
  /** Times without the zone. */
  noTimeZone?: boolean;
  /** OBX-2 of findings and impression; FT unless named. */
  textType?: string;
  /** One OBX per line of text, for peers that do not know the escape of a line break. */
  splitLines?: boolean;
  /** PID-3.5 of the ID card; NNCHN unless named. */
  idCardType?: string;
}

/** OBX-11, OBR-25: F final, C corrected, X withdrawn. */
const STATUS: Record<string, string> = {
  final: 'F',
  addendum: 'C',
  correction: 'C',
  void: 'X',
  partial: 'P',
};
const IDENTIFIER_CODES: Record<string, string> = {
  'id-card': 'NNCHN',
  mrn: 'MR',
  passport: 'PPN',
  'social-card': 'SS',
  military: 'MI',
};

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

/** ORU^R01 of a signed report: patient, order, one OBX per finding or result, the PDF as ED or RP. */
export async function writeReportMessage(
  ctx: Pick<Context, 'db' | 'keys' | 'objects' | 'clock' | 'config'>,
  endpoint: Endpoint,
  signedReportId: string,
  controlId: string,
): Promise<{
  bytes: Buffer;
  accessionNumber: string;
  placerNumber: string | null;
  patientId: string | null;
}> {
  const report = await loadReport(ctx, signedReportId);
  const quirks = readQuirks(endpoint.quirks);
  const stamp = (at: Date) => (quirks.noTimeZone ? formatTimestamp(at).slice(0, 14) : formatTimestamp(at));
  const status = STATUS[report.kind] ?? 'F';
  const segments: OutSegment[] = [];
  if (report.patientId) segments.push(await writePid(ctx, report.patientId, report.institutionId, quirks));
  segments.push(['PV1', 1, 'N']);
  segments.push([
    'ORC',
    'RE',
    report.placerOrderNumber,
    report.accessionNumber,
    undefined,
    status === 'X' ? 'CA' : 'CM',
  ]);
  segments.push([
    'OBR',
    1,
    report.placerOrderNumber,
    report.accessionNumber,
    [report.items[0]?.code, report.items.map((item) => item.name).join('、'), 'L'],
    ...new Array<undefined>(2),
    stamp(report.examinedAt),
    ...new Array<undefined>(14),
    stamp(report.signedAt),
    undefined,
    SECTIONS[report.centerKind],
    status,
    ...new Array<undefined>(6),
    [undefined, report.signerName],
  ]);
  segments.push(...writeFindings(report.content, status, quirks, stamp));
  const position = segments.filter(([id]) => id === 'OBX').length + 1;
  if (endpoint.pdf !== 'none' && !quirks.omitPdf && report.pdfAddress)
    segments.push(await writeDocument(ctx, endpoint, report, position, status));
  const text = writeMessage(
    {
      sendingApplication: quirks.sendingApplication ?? 'HUB',
      sendingFacility: quirks.sendingFacility ?? report.reportingCode,
      receivingApplication: endpoint.receivingApplication,
      receivingFacility: endpoint.receivingFacility,
      at: ctx.clock.now(),
      messageType: Number.parseFloat(endpoint.version) >= 2.4 ? ['ORU', 'R01', 'ORU_R01'] : ['ORU', 'R01'],
      controlId,
      version: endpoint.version,
      charset: endpoint.charset,
    },
    segments,
  );
  // MSH is written by the writer as the standard says; what this peer wants otherwise is put in its place.
  const timed = quirks.noTimeZone ? text.replace(/^((?:[^|\r]*\|){6}\d{14})[+-]\d{4}/, '$1') : text;
  const named = quirks.charsetName
    ? timed.replace(/^((?:[^|\r]*\|){17})[^|\r]*/, `$1${quirks.charsetName}`)
    : timed;
  return {
    bytes: encodeText(named, endpoint.charset),
    accessionNumber: report.accessionNumber,
    placerNumber: report.placerOrderNumber,
    patientId: report.patientId,
  };
}

/** Empty fields of the form count as not named. */
const readQuirks = (stored: unknown): Quirks =>
  Object.fromEntries(
    Object.entries((stored ?? {}) as Record<string, unknown>).filter(
      ([, value]) => value !== null && value !== '',
    ),
  );

const SECTIONS: Record<string, string> = {
  imaging: 'RAD',
  ecg: 'EC',
  lab: 'LAB',
  pathology: 'SP',
  sterilization: 'OTH',
};

async function loadReport(ctx: Pick<Context, 'db'>, id: string) {
  const row = await ctx.db
    .selectFrom('signedReport as s')
    .innerJoin('orders as o', 'o.id', 's.orderId')
    .innerJoin('staff as g', 'g.id', 's.signerId')
    .innerJoin('institution as r', 'r.id', 'o.reportingInstitutionId')
    .select([
      's.id',
      's.kind',
      's.number',
      's.content',
      's.signedAt',
      's.pdfAddress',
      's.verifyCode',
      'g.name as signerName',
      'r.code as reportingCode',
      'o.id as orderId',
    ])
    .select([
      'o.accessionNumber',
      'o.placerOrderNumber',
      'o.centerKind',
      'o.patientId',
      'o.createdAt',
      'o.requestingInstitutionId as institutionId',
    ])
    .where('s.id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('signed report', id);
  const items = await ctx.db
    .selectFrom('orderItem')
    .select(['code', 'name'])
    .where('orderId', '=', row.orderId)
    .execute();
  const acquired = await ctx.db
    .selectFrom('orderEvent')
    .select('at')
    .where('orderId', '=', row.orderId)
    .where('kind', '=', 'acquired')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return {
    ...row,
    items,
    examinedAt: acquired?.at ?? row.createdAt,
    content: (row.content ?? {}) as Record<string, unknown>,
  };
}

async function writePid(
  ctx: Pick<Context, 'db' | 'keys'>,
  patientId: string,
  institutionId: string,
  quirks: Quirks,
): Promise<OutSegment> {
  const patient = await ctx.db
    .selectFrom('patient')
    .select(['name', 'sex', 'birthDate'])
    .where('id', '=', patientId)
    .executeTakeFirstOrThrow();
  const identifiers = await ctx.db
    .selectFrom('patientIdentifier')
    .select(['type', 'valueEncrypted', 'issuerId'])
    .where('patientId', '=', patientId)
    .where((eb) => eb.or([eb('issuerId', 'is', null), eb('issuerId', '=', institutionId)]))
    .execute();
  const list = identifiers.map((one) => [
    ctx.keys.decrypt(one.valueEncrypted),
    undefined,
    undefined,
    undefined,
    (one.type === 'id-card' ? quirks.idCardType : undefined) ??
      IDENTIFIER_CODES[one.type] ??
      one.type.toUpperCase(),
  ]);
  const name: OutField = quirks.splitNames ? [patient.name.slice(0, 1), patient.name.slice(1)] : patient.name;
  return [
    'PID',
    1,
    undefined,
    { repeat: list },
    undefined,
    name,
    undefined,
    patient.birthDate?.replace(/-/g, ''),
    patient.sex,
  ];
}

/** What belongs to a value besides it: what a culture grew with its susceptibilities, what it was before. */
function remarksOf(line: ResultLine): string[] {
  return [
    ...(line.organisms ?? []).map((organism) => organismText([organism])),
    ...(line.corrected ? [`原结果 ${line.corrected.from},更正原因:${line.corrected.reason}`] : []),
  ];
}

/** One OBX per laboratory result, else one for findings and one for the impression. */
function writeFindings(
  content: Record<string, unknown>,
  status: string,
  quirks: Quirks,
  stamp: (at: Date) => string,
): OutSegment[] {
  const results = Array.isArray(content['results']) ? (content['results'] as ResultLine[]) : [];
  if (results.length > 0)
    return results.flatMap((one, index): OutSegment[] => [
      [
        'OBX',
        index + 1,
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
    ]);
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

async function writeDocument(
  ctx: Pick<Context, 'objects' | 'config'>,
  endpoint: Endpoint,
  report: { pdfAddress: string | null; verifyCode: string; orderId: string },
  position: number,
  status: string,
): Promise<OutSegment> {
  const code = ['PDF', '报告', 'L'];
  if (endpoint.pdf === 'RP') {
    const base = baseUrl(ctx.config);
    return [
      'OBX',
      position,
      'RP',
      code,
      undefined,
      [`${base}/api/orders/${report.orderId}/report.pdf`, 'HUB', 'application', 'pdf'],
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      status,
    ];
  }
  const pdf = await ctx.objects.read(report.pdfAddress ?? '');
  return [
    'OBX',
    position,
    'ED',
    code,
    undefined,
    ['HUB', 'application', 'pdf', 'Base64', pdf.toString('base64')],
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    status,
  ];
}
