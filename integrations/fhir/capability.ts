import { INCLUDES, type ResourceType } from './search.ts';

const RESOURCES: Record<string, string[]> = {
  Patient: ['_id', 'identifier'],
  ServiceRequest: ['_id', 'patient', 'patient.identifier', 'identifier', 'authored', 'category'],
  Specimen: ['_id', 'patient', 'patient.identifier', 'request', 'identifier'],
  Task: ['_id', 'patient', 'focus', 'authored'],
  DiagnosticReport: ['_id', 'patient', 'patient.identifier', 'identifier', 'based-on', 'category', 'date'],
  Observation: ['patient', 'patient.identifier', 'based-on', 'date'],
  ImagingStudy: ['_id', 'patient', 'identifier', 'based-on'],
  Provenance: ['_id', 'target'],
  Organization: ['_id', 'identifier', 'name'],
  Practitioner: ['_id', 'identifier', 'name'],
  Binary: ['_id'],
};

/** What the read side offers, FHIR R4 CapabilityStatement. */
export function capabilityStatement(date: string) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'County Hub' },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: { description: 'Bearer token of a machine, or a session' },
        resource: Object.entries(RESOURCES).map(([type, parameters]) => ({
          type,
          versioning: type === 'DiagnosticReport' ? 'versioned' : 'no-version',
          interaction: [{ code: 'read' }, ...(type === 'Binary' ? [] : [{ code: 'search-type' }])],
          searchParam: parameters.map((name) => ({ name, type: typeOf(name) })),
          ...(INCLUDES[type as ResourceType] && {
            searchInclude: INCLUDES[type as ResourceType]?.map((name) => `${type}:${name}`),
          }),
        })),
      },
    ],
  };
}

function typeOf(name: string): 'date' | 'string' | 'reference' | 'token' {
  if (name === 'authored' || name === 'date') return 'date';
  if (name === 'name') return 'string';
  return /patient$|based-on|request|focus|target/.test(name) ? 'reference' : 'token';
}
