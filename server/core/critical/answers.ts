import { z } from 'zod';
import { centerKind, free, id, instant, listOf, priority, text } from '../answers.ts';

export const criticalAnswer = listOf(
  z.object({
    id,
    orderId: id,
    finding: z.string(),
    tier: z.enum(['critical', 'significant']),
    ruleCode: text,
    state: z.enum(['open', 'notified', 'acknowledged', 'disposed', 'withdrawn']),
    step: z.number().int(),
    foundAt: instant,
    notifiedAt: instant.nullable(),
    acknowledgedAt: instant.nullable(),
    disposedAt: instant.nullable(),
    disposition: text,
    nextStepAt: instant.nullable(),
    withdrawnReason: text,
    accessionNumber: z.string(),
    centerKind,
    patientName: text,
    itemName: z.string(),
    priority,
    institutionName: z.string(),
    dutyPhone: text,
    reportingInstitutionName: z.string(),
    foundBy: text,
    acknowledgedBy: text,
    events: z.array(
      z.object({
        kind: z.string(),
        at: instant,
        actor: text,
        recipient: text,
        channel: text,
        readBack: text,
        result: text,
        detail: free,
      }),
    ),
  }),
);
