import { ucumOf } from '../../server/standards/ucum.ts';
import { xmlText as xml } from '../../server/standards/xmlText.ts';
import type { OrderRow, PatientRow, SignedRow } from '../fhir/loadRows.ts';

/** LOINC document types of HL7 CDA R2 for the four kinds of result. */
const DOCUMENT_CODE: Record<string, [code: string, display: string]> = {
  imaging: ['18748-4', 'Diagnostic imaging study'],
  ecg: ['11524-6', 'EKG study'],
  lab: ['11502-2', 'Laboratory report'],
  pathology: ['11526-1', 'Pathology study'],
};
const GENDER: Record<string, string> = { M: 'M', F: 'F', O: 'UN', U: 'UN' };
const RELATION: Record<string, string> = { correction: 'RPLC', void: 'RPLC', addendum: 'APND' };
/** OID arc of UUIDs (ITU-T X.667). */
const oidOf = (uuid: string): string => `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`).toString()}`;

/**
 * One signed version as a CDA R2 document (HL7 CDA Release 2: header with record target, author, custodian, legal
 * authenticator; structured body with narrative sections, laboratory values also as observations). Document numbers and
 * people carry OIDs made from their UUIDs. The signed PDF stays the original.
 */
export function writeCda(input: {
  order: OrderRow;
  signed: SignedRow;
  patient: PatientRow;
  performingName: string;
}): string {
  const { order, signed, patient } = input;
  const [code, display] = DOCUMENT_CODE[order.center] ?? ['11488-4', 'Consultation note'];
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const masked = patient.identifiers[0];
  const sections = [
    section('10164-2', '临床资料', paragraph(order.clinicalInfo ?? '')),
    signed.results.length > 0
      ? section('30954-2', '检验结果', resultTable(signed), observations(order, signed))
      : section('18782-3', '检查所见', paragraph(text(signed.content.findings))),
    section('55110-1', '诊断意见', paragraph(text(signed.content.impression))),
  ].join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="CN"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<id root="${oidOf(signed.id)}"/>
<code code="${code}" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="${display}"/>
<title>${xml(order.itemName)}报告</title>
<effectiveTime value="${time(signed.signedAt)}"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="zh-CN"/>
<setId root="${oidOf(order.id)}"/><versionNumber value="${signed.number}"/>
<recordTarget><patientRole><id root="${oidOf(patient.id)}"/>${masked ? `<!-- ${xml(masked.type)} ${xml(masked.value.replaceAll('-', ''))} -->` : ''}<patient><name>${xml(patient.name)}</name><administrativeGenderCode code="${GENDER[patient.sex] ?? 'UN'}" codeSystem="2.16.840.1.113883.5.1"/>${patient.birthDate ? `<birthTime value="${String(patient.birthDate).replaceAll('-', '')}"/>` : ''}</patient></patientRole></recordTarget>
<author><time value="${time(signed.signedAt)}"/><assignedAuthor><id root="${oidOf(signed.reporterId ?? signed.signerId)}"/><assignedPerson><name>${xml(signed.reporter ?? signed.signer)}</name></assignedPerson><representedOrganization><name>${xml(order.reportingName)}</name></representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="${oidOf(order.reportingInstitutionId)}"/><name>${xml(order.reportingName)}</name></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="${time(signed.signedAt)}"/><signatureCode code="S"/><assignedEntity><id root="${oidOf(signed.signerId)}"/><assignedPerson><name>${xml(signed.signer)}</name></assignedPerson></assignedEntity></legalAuthenticator>
<inFulfillmentOf><order><id root="${oidOf(order.requestId)}" extension="${xml(order.accessionNumber)}"/></order></inFulfillmentOf>
<documentationOf><serviceEvent><code nullFlavor="OTH"><originalText>${xml(order.items.map((item) => `${item.code} ${item.name}`).join('; '))}</originalText></code>${order.examinedAt ? `<effectiveTime value="${time(order.examinedAt)}"/>` : ''}<performer typeCode="PRF"><assignedEntity><id nullFlavor="NI"/><representedOrganization><name>${xml(input.performingName)}</name></representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>
${signed.replacesId ? `<relatedDocument typeCode="${RELATION[signed.kind] ?? 'RPLC'}"><parentDocument><id root="${oidOf(signed.replacesId)}"/></parentDocument></relatedDocument>\n` : ''}<component><structuredBody>${sections}</structuredBody></component>
</ClinicalDocument>
`;
}

/** HL7 time stamp in Asia/Shanghai. */
const time = (at: Date): string =>
  `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace(/[-:T]/g, '')}+0800`;

function section(code: string, title: string, narrative: string, entries = ''): string {
  if (!narrative) return '';
  return `<component><section><code code="${code}" codeSystem="2.16.840.1.113883.6.1"/><title>${title}</title><text>${narrative}</text>${entries}</section></component>`;
}

const paragraph = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => `<paragraph>${xml(line)}</paragraph>`)
    .join('');

function resultTable(signed: SignedRow): string {
  const rows = signed.results.map(
    (line) =>
      `<tr><td>${xml(line.name)}</td><td>${xml(line.value)} ${xml(line.flag ?? '')}</td><td>${xml(line.unit ?? '')}</td><td>${xml(line.range ?? '')}</td></tr>`,
  );
  return `<table><thead><tr><th>项目</th><th>结果</th><th>单位</th><th>参考区间</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function observations(order: OrderRow, signed: SignedRow): string {
  return signed.results
    .map((line) => {
      const number = line.numeric ? /^-?\d+(\.\d+)?$/.exec(line.value)?.[0] : undefined;
      const unit = ucumOf(line.unit); // PQ knows UCUM only: another unit is told as text
      const value =
        number && (unit ?? line.unit) === unit
          ? `<value xsi:type="PQ" value="${number}"${unit ? ` unit="${xml(unit)}"` : ''}/>`
          : `<value xsi:type="ST">${xml(`${line.value} ${line.unit ?? ''}`.trim())}</value>`;
      const code = line.loinc
        ? `<code code="${xml(line.loinc)}" codeSystem="2.16.840.1.113883.6.1" displayName="${xml(line.name)}"/>`
        : `<code nullFlavor="OTH"><originalText>${xml(line.name)}</originalText></code>`;
      const at = line.measuredAt ? new Date(line.measuredAt) : order.examinedAt;
      return `<entry><observation classCode="OBS" moodCode="EVN">${code}<statusCode code="completed"/>${at ? `<effectiveTime value="${time(at)}"/>` : ''}${value}${line.flag ? `<interpretationCode code="${xml(line.flag)}" codeSystem="2.16.840.1.113883.5.83"/>` : ''}</observation></entry>`;
    })
    .join('');
}
