import { SCOPES_SUPPORTED } from './scopes.ts';
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
            'Bearer token that the administrator gives out to a machine at an institution, or a session. A token holds SMART scopes (system/<type>.<interactions>, see .well-known/smart-configuration) or verbs; each type names what it asks for.',
        },
        resource: (Object.keys(PARAMETERS) as FhirType[]).map((type) => ({
          type,
          documentation: `scope system/${type}.${type === 'Binary' ? 'r' : 'rs'} or verb ${NEEDS[type]}${type === 'ServiceRequest' ? '; create: scope system/ServiceRequest.c or verb order.request' : ''}`,
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

/**
 * `.well-known/smart-configuration`: the scopes that are granted and enforced here. There is no authorization server:
 * tokens are made by the administrator, so that neither endpoints nor grant types are claimed.
 */
export function smartConfiguration() {
  return {
    scopes_supported: SCOPES_SUPPORTED,
    capabilities: ['permission-v1', 'permission-v2'],
    grant_types_supported: [],
    code_challenge_methods_supported: [],
  };
}
