import type { Context } from '../../../server/core/context.ts';
import { encodeText } from '../../../server/standards/hl7v2/charset.ts';
import { formatTimestamp, writeMessage, type OutSegment } from '../../../server/standards/hl7v2/write.ts';
import { readQuirks, type Endpoint } from './endpoint.ts';
import { loadReport } from './loadReport.ts';
import { writeDocument } from './writeDocument.ts';
import { writeFindings } from './writeFindings.ts';
import { writePatient } from './writePatient.ts';

/** OBX-11, OBR-25: F final, C corrected, X withdrawn. */
const STATUS: Record<string, string> = {
  final: 'F',
  addendum: 'C',
  correction: 'C',
  void: 'X',
  partial: 'P',
};

const SECTIONS: Record<string, string> = {
  imaging: 'RAD',
  ecg: 'EC',
  lab: 'LAB',
  pathology: 'SP',
  sterilization: 'OTH',
};

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
  // Empty, not `""`: that would tell the peer to delete its own number.
  const placer = report.placerOrderNumber ?? undefined;
  const status = STATUS[report.kind] ?? 'F';
  const segments: OutSegment[] = [];
  if (report.patientId)
    segments.push(await writePatient(ctx, report.patientId, report.institutionId, quirks));
  segments.push(['PV1', 1, 'N']);
  segments.push(['ORC', 'RE', placer, report.accessionNumber, undefined, status === 'X' ? 'CA' : 'CM']);
  segments.push([
    'OBR',
    1,
    placer,
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
