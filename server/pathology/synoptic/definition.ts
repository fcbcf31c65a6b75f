/** Words in both languages of the product. */
export interface Words {
  zh: string;
  en: string;
}

export interface SynopticOption {
  code: string;
  label: Words;
}

/** One data element of a synoptic form. */
export interface SynopticElement {
  code: string;
  label: Words;
  type: 'choice' | 'multi' | 'number' | 'text';
  unit?: string;
  required?: boolean;
  options?: SynopticOption[];
  min?: number;
  max?: number;
  /** asked only when another element has one of these values */
  when?: { element: string; in: string[] };
}

/** A synoptic form: versioned JSON. A version never changes; reports keep the version they were written with. */
export interface SynopticDefinition {
  code: string;
  version: number;
  name: Words;
  /** words in the specimen's site that suggest this form */
  sites: string[];
  elements: SynopticElement[];
  /** rule in `stage.ts` that computes the stage from these elements */
  staging?: 'stomach' | 'colorectum' | 'lung' | 'breast';
}

export type SynopticValue = string | number | string[];
export type SynopticValues = Record<string, SynopticValue>;
