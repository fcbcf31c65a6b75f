declare module 'hl7-standard' {
  export interface ParsedSegment {
    type: string;
    index: number;
    /** `PID.5` → text, component object, or list of either. */
    data: Record<string, unknown>;
  }
  export default class HL7 {
    constructor(text: string);
    transformed: Record<string, ParsedSegment[]>;
    transform(): void;
  }
}
