import { INCLUDES, NEEDS, PARAMETERS, REVINCLUDES, type FhirType } from './parameters.ts';

/** What the FHIR side offers, R4 CapabilityStatement; from the tables that the search itself goes by. */
export function capabilityStatement(base: string, date: string) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'County Hub' },
    implementation: { description: 'County medical community hub', url: base },
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: {
          description:
            'Bearer token of a machine at an institution, or a session. Each type asks for the verb named at it.',
        },
        resource: (Object.keys(PARAMETERS) as FhirType[]).map((type) => ({
          type,
          documentation: `${NEEDS[type]}${type === 'ServiceRequest' ? '; create: order.request' : ''}`,
          versioning: type === 'DiagnosticReport' ? 'versioned' : 'no-version',
          ...(type === 'DiagnosticReport' && { readHistory: true }),
          interaction: interactionsOf(type).map((code) => ({ code })),
          searchParam: Object.entries(PARAMETERS[type]).map(([name, kind]) => ({ name, type: kind })),
          searchInclude: INCLUDES[type]?.map((name) => `${type}:${name}`),
          searchRevInclude: REVINCLUDES[type],
        })),
      },
    ],
  };
}

function interactionsOf(type: FhirType): string[] {
  if (type === 'Binary') return ['read'];
  if (type === 'DiagnosticReport') return ['read', 'vread', 'history-instance', 'search-type'];
  return type === 'ServiceRequest' ? ['read', 'search-type', 'create'] : ['read', 'search-type'];
}
