import type { Permission } from '../../server/core/access/roles.ts';
import type { ScopedType } from '../../server/core/access/scopes.ts';

export type FhirType = ScopedType;
export type ResourceType = Exclude<FhirType, 'Organization' | 'Practitioner' | 'Binary'>;

type Kind = 'token' | 'reference' | 'date' | 'string';
const PATIENT = { patient: 'reference', subject: 'reference', 'patient.identifier': 'token' } as const;

/** Search parameters of each type by their R4 names. What does not stand here is refused, not ignored. */
export const PARAMETERS: Record<FhirType, Record<string, Kind>> = {
  Patient: { _id: 'token', identifier: 'token', name: 'string', birthdate: 'date' },
  ServiceRequest: { _id: 'token', _lastUpdated: 'date', ...PATIENT, identifier: 'token', requisition: 'token', authored: 'date', category: 'token', status: 'token', code: 'token' }, // prettier-ignore
  Specimen: { _id: 'token', ...PATIENT, identifier: 'token', accession: 'token', request: 'reference' },
  Task: { _id: 'token', _lastUpdated: 'date', patient: 'reference', focus: 'reference', 'authored-on': 'date', status: 'token' }, // prettier-ignore
  DiagnosticReport: { _id: 'token', _lastUpdated: 'date', ...PATIENT, identifier: 'token', 'based-on': 'reference', category: 'token', date: 'date', issued: 'date', status: 'token', code: 'token' }, // prettier-ignore
  Observation: { _id: 'token', _lastUpdated: 'date', ...PATIENT, 'based-on': 'reference', date: 'date', code: 'token' }, // prettier-ignore
  ImagingStudy: { _id: 'token', ...PATIENT, identifier: 'token', basedon: 'reference', started: 'date' },
  Provenance: { _id: 'token', target: 'reference', recorded: 'date' },
  Organization: { _id: 'token', identifier: 'token', name: 'string' },
  Practitioner: { _id: 'token', identifier: 'token', name: 'string' },
  Binary: {},
};

/** What each type may bring along; another `_include` is refused, so that nobody waits for what never comes. */
export const INCLUDES: Partial<Record<FhirType, readonly string[]>> = {
  ServiceRequest: ['subject', 'patient', 'requester'],
  Specimen: ['subject', 'patient', 'request'],
  Task: ['focus', 'patient'],
  DiagnosticReport: ['subject', 'patient', 'based-on', 'result', 'performer'],
  Observation: ['subject', 'patient', 'based-on'],
  ImagingStudy: ['subject', 'patient', 'basedon'],
};

/** What refers back to the found ones and may come along, `<type>:<parameter>`. */
export const REVINCLUDES: Partial<Record<FhirType, readonly string[]>> = {
  ServiceRequest: [
    'DiagnosticReport:based-on',
    'Observation:based-on',
    'Specimen:request',
    'Task:focus',
    'ImagingStudy:basedon',
  ],
  DiagnosticReport: ['Provenance:target'],
};

/** The right each type asks for, of persons and of a token's verbs alike: who may see an order may not see its report by that alone. */
export const NEEDS: Record<FhirType, Permission> = {
  Patient: 'patient.read',
  ServiceRequest: 'order.read',
  Specimen: 'order.read',
  Task: 'order.read',
  DiagnosticReport: 'report.read',
  Observation: 'report.read',
  ImagingStudy: 'input.read',
  Provenance: 'report.read',
  Organization: 'order.read',
  Practitioner: 'order.read',
  Binary: 'report.read',
};
