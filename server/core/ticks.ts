import { runBuiltIn } from './algorithm/queueCases.ts';
import { remindReviewers } from './access/remindReviewers.ts';
import { exportAuditHead } from './audit/exportAuditHead.ts';
import { sealAudit } from './audit/sealAudit.ts';
import { climbLadder } from './critical/climbLadder.ts';
import { trimStream } from './events/trimStream.ts';
import type { Tick } from './jobs/worker.ts';
import { returnIdleClaims } from './order/returnIdleClaims.ts';
import { nightlyFreeze } from './quality/nightlyFreeze.ts';
import { refreshIndicators } from './quality/refreshIndicators.ts';
import { chaseUnread } from './report/chaseUnread.ts';
import { revokeEndedLicences } from './signature/revokeEndedLicences.ts';
import { supervise } from './ticket/superviseTick.ts';
import { checkCalendars } from './turnaround/checkCalendars.ts';
import { escalateClocks } from './turnaround/escalateClocks.ts';
import { assignFairly } from './work/assignFairly.ts';

/** What the core does by itself, in every worker; each bears being run by many at once. */
export const coreTicks: Tick[] = [
  { name: 'audit.seal', everySeconds: 3, run: sealAudit },
  { name: 'audit.export', everySeconds: 3_600, run: exportAuditHead },
  { name: 'turnaround.escalate', everySeconds: 10, run: escalateClocks },
  { name: 'critical.ladder', everySeconds: 5, run: climbLadder },
  { name: 'order.idle', everySeconds: 30, run: returnIdleClaims },
  { name: 'report.chase', everySeconds: 60, run: chaseUnread },
  { name: 'quality.refresh', everySeconds: 10, run: refreshIndicators },
  { name: 'quality.night', everySeconds: 600, run: nightlyFreeze },
  { name: 'ticket.supervise', everySeconds: 60, run: supervise },
  { name: 'algorithm.run', everySeconds: 15, run: runBuiltIn },
  { name: 'order.assign', everySeconds: 20, run: assignFairly },
  { name: 'calendar.check', everySeconds: 3_600, run: checkCalendars },
  { name: 'access.remind', everySeconds: 600, run: remindReviewers },
  { name: 'events.trim', everySeconds: 600, run: trimStream },
  { name: 'signature.licences', everySeconds: 60, run: revokeEndedLicences },
];
