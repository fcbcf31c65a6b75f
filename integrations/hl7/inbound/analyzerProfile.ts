import { text, type Hl7Segment } from '../../../server/standards/hl7v2/parse.ts';

/** How a model of analyzer writes its ORU^R01. */
interface AnalyzerProfile {
  /** OBR fields where the tube's barcode may stand, the first that is filled counts. */
  specimenFields: readonly number[];
  /** MSH-16 tells the kind of result instead of an acknowledgement type: 0 sample, 1 calibration, 2 control. */
  resultTypeInHeader: boolean;
}

const standard: AnalyzerProfile = { specimenFields: [3, 2], resultTypeInHeader: false };

const PROFILES: Record<string, AnalyzerProfile> = {
  // Barcode in OBR-2; OBR-3 is the running number of the sample on the machine, which starts at 1 each day.
  'mindray-bs': { specimenFields: [2, 3], resultTypeInHeader: true },
};

/** The profile of a driver; `settings.specimenFields` of the instrument outweighs it. */
export function analyzerProfile(driver: string, settings: unknown): AnalyzerProfile {
  const profile = PROFILES[driver] ?? standard;
  const own = (settings as { specimenFields?: unknown } | null)?.specimenFields;
  return Array.isArray(own) && own.length > 0 && own.every((field) => Number.isInteger(field))
    ? { ...profile, specimenFields: own as number[] }
    : profile;
}

/** The tube an OBR speaks of. */
export function specimenOf(obr: Hl7Segment, profile: AnalyzerProfile): string | undefined {
  for (const field of profile.specimenFields) {
    const found = text(obr, field)?.trim();
    if (found) return found;
  }
  return undefined;
}
