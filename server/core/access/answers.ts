import { z } from 'zod';
import { centerKind, free, id, instant, listOf, text } from '../answers.ts';

const person = z.object({
  id,
  username: z.string(),
  name: z.string(),
  nameEn: text,
  title: text,
  settings: free,
  mustChangePassword: z.boolean(),
  totpConfirmedAt: instant.nullable(),
  institutionId: id,
  institutionCode: z.string(),
  institutionName: z.string(),
  institutionKind: z.string(),
});

/** Who is signed in, with rights and the centres there are. */
export const sessionAnswer = person.extend({
  user: person,
  roles: z.array(
    z.object({
      role: z.string(),
      centerKind: centerKind.nullable(),
      institutionId: id,
      institutionName: z.string(),
    }),
  ),
  permissions: z.array(z.string()),
  centers: z.array(
    z.object({
      kind: centerKind,
      institutionId: id,
      institutionName: z.string(),
      twoPerson: z.boolean(),
      twoPersonEmergency: z.boolean(),
      dutyPhone: text,
    }),
  ),
  demo: z.boolean(),
});

/** How one can sign in beside the password. */
export const methodsAnswer = z.object({
  provider: z.object({ label: text, href: z.url() }).nullable(),
});

/** Where the browser goes to end the session at the identity provider. */
export const signedOutAnswer = z.object({ endSessionUrl: z.url() });

export const sessionsAnswer = listOf(
  z.object({
    id,
    address: text,
    userAgent: text,
    createdAt: instant,
    lastSeenAt: instant,
    method: z.enum(['password', 'provider']),
    current: z.boolean(),
  }),
);

export const totpAnswer = z.object({ secret: z.string(), uri: z.string() });
export const recoveryCodesAnswer = z.object({ recoveryCodes: z.array(z.string()).length(10) });
