/** Code systems that resources name. Those of the hub are URNs, so that no host stands in a record. */
export const SYSTEM = {
  accession: 'urn:county-hub:accession-number',
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
  modality: 'http://dicom.nema.org/resources/ontology/DCM',
} as const;

export const EXTENSION = {
  /** Label of mutual recognition 结果互认, e.g. 县HR. */
  recognition: 'urn:county-hub:extension:recognition',
  masked: 'urn:county-hub:extension:masked',
} as const;

/** A code as part of an id: FHIR ids hold letters, digits, - and . only. */
export const dash = (code: string): string => code.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 24);
