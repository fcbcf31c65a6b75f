import { z } from 'zod';
import { localDate } from '../turnaround/calendar.ts';

export const CENTER_KINDS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;
export const PRIORITIES = ['emergency', 'urgent', 'routine'] as const;
export const FLAGS = ['chest-pain', 'stroke', 'trauma', 'maternal', 'contracted-referral'] as const;

/** A day of the calendar on which somebody now alive may have been born. */
const birthDate = z.iso
  .date('a date is written YYYY-MM-DD')
  .refine((day) => day >= '1880-01-01', {
    message: 'nobody now alive was born then',
    params: { code: 'birth-date' },
  })
  .refine((day) => day <= localDate(new Date()), {
    message: 'a birth date lies not in the future',
    params: { code: 'birth-date' },
  });

export const patientInput = z.object({
  name: z.string().trim().min(1).max(100),
  sex: z.enum(['M', 'F', 'O', 'U']),
  birthDate: birthDate.optional(),
  phone: z
    .string()
    .regex(/^[\d+ -]{5,20}$/)
    .optional(),
  identifiers: z
    .array(z.object({ type: z.string().regex(/^[a-z-]{2,30}$/), value: z.string().trim().min(1).max(64) }))
    .max(10)
    .default([]),
  temporary: z.boolean().optional(),
});

/** `POST /api/orders`, shared by browser, machines, HL7 and FHIR. Fields a centre adds pass through to it. */
export const requestInput = z.looseObject({
  center: z.enum(CENTER_KINDS),
  items: z
    .array(z.object({ code: z.string().min(1).max(40) }))
    .min(1)
    .max(50),
  priority: z.enum(PRIORITIES).default('routine'),
  flags: z.array(z.enum(FLAGS)).max(5).default([]),
  patient: patientInput.optional(),
  remoteConsent: z
    .object({
      by: z.string().trim().min(1).max(100),
      at: z.iso.datetime({ offset: true }),
      emergencyReason: z.string().max(500).optional(),
    })
    .optional(),
  clinicalInfo: z.string().max(4_000).optional(),
  placerOrderNumber: z.string().trim().min(1).max(64).optional(),
  performingInstitution: z.string().max(40).optional(),
  visit: z.record(z.string().max(40), z.unknown()).optional(),
  recognitionDecisions: z
    .array(
      z.object({
        promptId: z.string().max(100),
        decision: z.enum(['adopt', 'repeat']),
        reason: z.string().max(40).optional(),
        note: z.string().max(1_000).optional(),
        patientInformed: z
          .object({
            by: z.string().max(100),
            at: z.iso.datetime({ offset: true }).optional(),
            how: z.string().max(100).optional(),
          })
          .optional(),
      }),
    )
    .max(100)
    .optional(),
});

export type RequestInput = z.output<typeof requestInput>;
