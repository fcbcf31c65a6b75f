import { ucumOf } from '../../server/standards/ucum.ts';
import { dash, EXTENSION, SYSTEM } from './systems.ts';
import type { OrderRow, PatientRow, SignedRow } from './loadRows.ts';

/** A FHIR R4 resource as JSON. */
export type Resource = Record<string, unknown> & { resourceType: string; id: string };

const reference = (type: string, id: string | null | undefined, display?: string | null) =>
  id ? { reference: `${type}/${id}`, ...(display && { display }) } : undefined;

/** Drops undefined members and empty arrays, which FHIR does not allow. */
function tidy<T extends Record<string, unknown>>(resource: T): T {
  return Object.fromEntries(
    Object.entries(resource).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  ) as T;
}

const GENDER = { M: 'male', F: 'female', O: 'other', U: 'unknown' } as const;

export function patientResource(row: PatientRow): Resource {
  return tidy({
    resourceType: 'Patient',
    id: row.id,
    identifier: row.identifiers.map((identifier) => ({
      type: { text: identifier.type },
      value: identifier.value,
      extension: [{ url: EXTENSION.masked, valueBoolean: true }],
    })),
    name: [{ text: row.name }],
    gender: GENDER[row.sex as keyof typeof GENDER] ?? 'unknown',
    birthDate: row.birthDate ?? undefined,
  });
}

export const REQUEST_STATUS: Record<string, string> = {
  cancelled: 'revoked',
  void: 'revoked',
  final: 'completed',
  acknowledged: 'completed',
  corrected: 'completed',
  'awaiting-decision': 'on-hold',
  returned: 'on-hold',
};
const PRIORITY: Record<string, string> = { emergency: 'stat', urgent: 'urgent', routine: 'routine' };

export function serviceRequestResource(row: OrderRow): Resource {
  return tidy({
    resourceType: 'ServiceRequest',
    id: row.id,
    meta: { lastUpdated: row.updatedAt.toISOString() },
    identifier: [
      { system: SYSTEM.accession, value: row.accessionNumber },
      ...(row.placerOrderNumber
        ? [
            {
              type: { coding: [{ system: SYSTEM.identifierType, code: 'PLAC' }] },
              value: row.placerOrderNumber,
            },
          ]
        : []),
    ],
    requisition: { value: row.requestId },
    status: REQUEST_STATUS[row.status] ?? 'active',
    intent: 'order',
    priority: PRIORITY[row.priority],
    code: {
      coding: row.items.map((item) => ({ system: SYSTEM.item, code: item.code, display: item.name })),
      text: row.itemName,
    },
    subject: reference('Patient', row.patientId, row.patientName),
    authoredOn: row.createdAt.toISOString(),
    requester: reference('Organization', row.requestingInstitutionId, row.requestingName),
    performer: [reference('Organization', row.reportingInstitutionId, row.reportingName)].filter(Boolean),
    note: row.clinicalInfo ? [{ text: row.clinicalInfo }] : undefined,
  });
}

export const TASK_STATUS: Record<string, string> = {
  requested: 'requested',
  acquired: 'received',
  received: 'accepted',
  claimed: 'in-progress',
  preliminary: 'in-progress',
  partial: 'in-progress',
  final: 'completed',
  acknowledged: 'completed',
  corrected: 'completed',
  returned: 'on-hold',
  'awaiting-decision': 'on-hold',
  cancelled: 'cancelled',
  void: 'entered-in-error',
};

export function taskResource(row: OrderRow): Resource {
  return tidy({
    resourceType: 'Task',
    id: row.id,
    meta: { lastUpdated: row.updatedAt.toISOString() },
    status: TASK_STATUS[row.status] ?? 'requested',
    intent: 'order',
    priority: PRIORITY[row.priority],
    focus: reference('ServiceRequest', row.id),
    for: reference('Patient', row.patientId),
    authoredOn: row.createdAt.toISOString(),
    lastModified: row.updatedAt.toISOString(),
    owner: reference('Organization', row.reportingInstitutionId, row.reportingName),
    restriction: row.dueAt ? { period: { end: row.dueAt.toISOString() } } : undefined,
  });
}

const CATEGORY: Record<string, string> = {
  imaging: 'RAD',
  ecg: 'EC',
  lab: 'LAB',
  pathology: 'PAT',
  sterilization: 'OTH',
};

/** One report per order: its id is the order's, each signed version is a version of it. */
export function diagnosticReportResource(
  row: OrderRow,
  signed: SignedRow,
  imagingStudyIds: string[],
): Resource {
  const status =
    signed.state === 'void' || signed.kind === 'void'
      ? 'entered-in-error'
      : signed.kind === 'partial'
        ? 'partial'
        : signed.kind === 'addendum'
          ? 'appended'
          : signed.kind === 'correction'
            ? 'corrected'
            : 'final';
  const recognition = signed.recognition.mark
    ? [{ url: EXTENSION.recognition, valueString: signed.recognition.mark }]
    : undefined;
  return tidy({
    resourceType: 'DiagnosticReport',
    id: row.id,
    meta: { versionId: String(signed.number), lastUpdated: signed.signedAt.toISOString() },
    extension: recognition,
    identifier: [
      { system: SYSTEM.accession, value: row.accessionNumber },
      { system: SYSTEM.signed, value: signed.id },
    ],
    basedOn: [reference('ServiceRequest', row.id)],
    status,
    category: [{ coding: [{ system: SYSTEM.diagnosticService, code: CATEGORY[row.center] }] }],
    code: {
      coding: row.items.map((item) => ({ system: SYSTEM.item, code: item.code, display: item.name })),
      text: row.itemName,
    },
    subject: reference('Patient', row.patientId, row.patientName),
    effectiveDateTime: row.examinedAt?.toISOString(),
    issued: signed.signedAt.toISOString(),
    performer: [reference('Organization', row.reportingInstitutionId, row.reportingName)].filter(Boolean),
    resultsInterpreter: [
      reference('Practitioner', signed.reporterId, signed.reporter),
      reference('Practitioner', signed.signerId, signed.signer),
    ].filter(Boolean),
    result: signed.results.map((line) => reference('Observation', `${row.id}.${dash(line.code)}`, line.name)),
    imagingStudy: imagingStudyIds.map((id) => reference('ImagingStudy', id)),
    conclusion: typeof signed.content.impression === 'string' ? signed.content.impression : undefined,
    presentedForm: signed.pdfAddress
      ? [
          {
            contentType: 'application/pdf',
            url: `Binary/${signed.id}`,
            title: `${row.accessionNumber}-${signed.number}.pdf`,
          },
        ]
      : undefined,
  });
}

export function observationResources(row: OrderRow, signed: SignedRow): Resource[] {
  return signed.results.map((line) => {
    const number = line.numeric ? Number(line.value.replace(/[<>≤≥]/g, '')) : Number.NaN;
    const comparator = /^[<>≤≥]/.exec(line.value)?.[0]?.replace('≤', '<=').replace('≥', '>=');
    return tidy({
      resourceType: 'Observation',
      id: `${row.id}.${dash(line.code)}`,
      meta: { versionId: String(signed.number), lastUpdated: signed.signedAt.toISOString() },
      status:
        signed.state === 'void' || signed.kind === 'void'
          ? 'entered-in-error'
          : signed.kind === 'partial'
            ? 'preliminary'
            : signed.kind === 'correction'
              ? 'corrected'
              : 'final',
      category: [{ coding: [{ system: SYSTEM.observationCategory, code: 'laboratory' }] }],
      code: {
        coding: [
          ...(line.loinc ? [{ system: SYSTEM.loinc, code: line.loinc }] : []),
          { system: SYSTEM.test, code: line.code, display: line.name },
        ],
        text: line.name,
      },
      subject: reference('Patient', row.patientId),
      basedOn: [reference('ServiceRequest', row.id)],
      effectiveDateTime: line.measuredAt ? new Date(line.measuredAt).toISOString() : undefined,
      issued: signed.signedAt.toISOString(),
      ...(Number.isFinite(number)
        ? { valueQuantity: quantity(number, comparator, line.unit) }
        : { valueString: line.value }),
      interpretation: interpretationOf(line.flag),
      referenceRange: line.range ? [{ text: line.range }] : undefined,
    });
  });
}

function quantity(value: number, comparator: string | undefined, unit: string | null) {
  const code = ucumOf(unit);
  return tidy({ value, comparator, unit: unit ?? undefined, system: code && SYSTEM.ucum, code });
}

/** Flag of a result as v3 ObservationInterpretation; the laboratory's flags are its codes. */
export const interpretationOf = (flag: string | null) =>
  flag ? [{ coding: [{ system: SYSTEM.interpretation, code: flag }] }] : undefined;

export interface StudyRow {
  uid: string;
  orderId: string;
  modalities: string[];
  startedAt: Date | null;
  series: { uid: string; modality: string | null; instances: number; description: string | null }[];
}

export function imagingStudyResource(row: OrderRow, study: StudyRow): Resource {
  return tidy({
    resourceType: 'ImagingStudy',
    id: study.uid,
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${study.uid}` }],
    status: 'available',
    modality: study.modalities.map((code) => ({ system: SYSTEM.modality, code })),
    subject: reference('Patient', row.patientId),
    started: study.startedAt?.toISOString(),
    basedOn: [reference('ServiceRequest', row.id)],
    numberOfSeries: study.series.length,
    numberOfInstances: study.series.reduce((sum, series) => sum + series.instances, 0),
    series: study.series.map((series) =>
      tidy({
        uid: series.uid,
        modality: { system: SYSTEM.modality, code: series.modality ?? 'OT' },
        numberOfInstances: series.instances,
        description: series.description ?? undefined,
      }),
    ),
  });
}

export function provenanceResource(signed: SignedRow): Resource {
  return tidy({
    resourceType: 'Provenance',
    id: signed.id,
    target: [reference('DiagnosticReport', `${signed.orderId}/_history/${signed.number}`)],
    recorded: signed.signedAt.toISOString(),
    agent: [
      {
        type: { coding: [{ system: SYSTEM.provenanceAgent, code: 'verifier' }] },
        who: reference('Practitioner', signed.signerId, signed.signer),
      },
      ...(signed.reporterId
        ? [
            {
              type: { coding: [{ system: SYSTEM.provenanceAgent, code: 'author' }] },
              who: reference('Practitioner', signed.reporterId, signed.reporter),
            },
          ]
        : []),
    ],
    entity: signed.replacesId
      ? [{ role: 'revision', what: { identifier: { system: SYSTEM.signed, value: signed.replacesId } } }]
      : undefined,
  });
}
