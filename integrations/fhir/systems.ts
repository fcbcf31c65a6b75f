import { createHash } from 'node:crypto';

/** Code systems that resources name. Those of the hub are URNs, so that no host stands in a record. */
export const SYSTEM = {
  accession: 'urn:county-hub:accession-number',
  /** A signed version of a report, as its PDF names it. */
  signed: 'urn:county-hub:signed-report',
  item: 'urn:county-hub:item',
  barcode: 'urn:county-hub:barcode',
  institution: 'urn:county-hub:institution',
  test: 'urn:county-hub:lab-test',
  identifierType: 'http://terminology.hl7.org/CodeSystem/v2-0203',
  diagnosticService: 'http://terminology.hl7.org/CodeSystem/v2-0074',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  interpretation: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  provenanceAgent: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  modality: 'http://dicom.nema.org/resources/ontology/DCM',
} as const;

export const EXTENSION = {
  /** Label of mutual recognition 结果互认, e.g. 县HR. */
  recognition: 'urn:county-hub:extension:recognition',
  masked: 'urn:county-hub:extension:masked',
} as const;

/**
 * A code as part of an id: FHIR ids hold letters, digits, - and . only, 64 in all beside a UUID and a dot. Other
 * characters are spelt by their number, so that NEUT# and NEUT% stay two.
 */
export function dash(code: string): string {
  const spelt = [...code]
    .map((letter) => (/[A-Za-z0-9]/.test(letter) ? letter : `-${(letter.codePointAt(0) ?? 0).toString(16)}`))
    .join('');
  return spelt.length <= 27 ? spelt : createHash('sha256').update(code).digest('hex').slice(0, 27);
}
