/** What the clinician decides about one earlier result. */
export interface RecognitionDecision {
  promptId: string;
  decision: 'adopt' | 'repeat';
  reason?: string;
  note?: string;
  patientInformed?: { by: string; at: string };
}
