/** One drawn report as the hub shows it: names stay hidden until it is decided. */
export interface Review {
  id: string;
  orderId: string;
  center: string;
  accessionNumber: string;
  itemName: string;
  content: { findings?: string; impression?: string };
  state: string;
  readingsWanted: number;
  readings: number;
  readByMe: boolean;
  readingsShown: { reader: string; score: number; comment: string | null }[] | null;
  score: number | null;
  compliance: { compliant?: boolean; faults?: string[] } | null;
  inputGrade: string | null;
  inputFaults: string[];
  conference: { participants: string[]; score: number; conclusion: string; at: string; by: string } | null;
  comment: string | null;
  decidedAt: string | null;
  drawnAt: string;
  reviewer: string | null;
  reporter: string | null;
  appeal: string | null;
  appealDecision: string | null;
}

export type ReviewAct = 'score' | 'conference' | 'appeal';

/** What this person can do with it now; nothing when it is done or waits for another reader. */
export const nextAct = (review: Review): ReviewAct | null =>
  review.state === 'open' && !review.readByMe
    ? 'score'
    : review.state === 'conference'
      ? 'conference'
      : review.state === 'appealed'
        ? 'appeal'
        : null;
