import { z } from 'zod';
import { free, id, instant, text } from '../answers.ts';

const content = z.looseObject({
  findings: z.string().optional(),
  impression: z.string().optional(),
  positive: z.boolean().optional(),
  critical: z.boolean().optional(),
});

/** `GET /orders/:id/report`: the fields of the content stand beside it too. */
export const reportAnswer = z.looseObject({
  findings: z.string(),
  impression: z.string(),
  positive: z.boolean(),
  critical: z.boolean(),
  content,
  orderId: id,
  version: z.number().int(),
  state: z.enum(['draft', 'preliminary', 'rejected', 'final', 'void']),
  author: text,
  submittedBy: text,
  submittedById: id.nullable(),
  submittedAt: instant.nullable(),
  rejectReason: text,
  updatedBy: text,
  updatedAt: instant.nullable(),
  submittedContent: content.optional(),
  twoPerson: z.boolean(),
  phoneSigning: z.boolean(),
});

export const savedAnswer = z.object({ version: z.number().int(), savedAt: instant });

export const versionsAnswer = z.object({
  items: z.array(
    z.object({
      id,
      number: z.number().int(),
      kind: z.enum(['final', 'partial', 'addendum', 'correction', 'void']),
      reason: text,
      content,
      signedAt: instant,
      state: z.enum(['valid', 'corrected', 'void']),
      replacesId: id.nullable(),
      verifyCode: z.string(),
      recognition: free,
      pdfSha256: text,
      signer: z.string(),
      reporter: text,
    }),
  ),
  saved: z.array(
    z.object({
      version: z.number().int(),
      state: z.string(),
      savedAt: instant,
      savedBy: z.string(),
      bytes: z.number().int(),
    }),
  ),
});

export const problemsAnswer = z.object({ items: z.array(z.looseObject({})) });
