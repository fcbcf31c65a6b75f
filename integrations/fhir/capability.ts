const RESOURCES: Record<string, string[]> = {
  Patient: ['_id', 'identifier'],
  ServiceRequest: ['_id', 'patient', 'patient.identifier', 'identifier', 'authored'],
  Task: ['_id', 'patient', 'focus'],
  DiagnosticReport: [
    '_id',
    'patient',
    'patient.identifier',
    'identifier',
    'based-on',
    'category',
    '_include',
  ],
  Observation: ['patient', 'patient.identifier', 'based-on'],
  ImagingStudy: ['_id', 'patient', 'identifier', 'based-on'],
  Provenance: ['_id', 'target'],
  Organization: ['_id'],
  Practitioner: ['_id'],
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
          interaction: [
            { code: 'read' },
            ...(['Organization', 'Practitioner', 'Binary'].includes(type) ? [] : [{ code: 'search-type' }]),
          ],
          searchParam: parameters
            .filter((name) => name !== '_include')
            .map((name) => ({
              name,
              type:
                name === 'authored'
                  ? 'date'
                  : /patient$|based-on|focus|target/.test(name)
                    ? 'reference'
                    : 'token',
            })),
          ...(parameters.includes('_include') && {
            searchInclude: [
              'DiagnosticReport:subject',
              'DiagnosticReport:based-on',
              'DiagnosticReport:result',
            ],
          }),
        })),
      },
    ],
  };
}
