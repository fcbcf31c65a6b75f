import type { Router } from 'express';
import type { Context } from '../context.ts';
import { auditRoutes } from './auditRoutes.ts';
import { deviceRoutes } from './deviceRoutes.ts';
import { identityRoutes } from './identityRoutes.ts';
import { institutionRoutes } from './institutionRoutes.ts';
import { itemRoutes } from './itemRoutes.ts';
import { nameRoutes } from './nameRoutes.ts';
import { grantRoutes } from './grantRoutes.ts';
import { patientRoutes } from './patientRoutes.ts';
import { policyRoutes } from './policyRoutes.ts';
import { calendarRoutes } from './calendarRoutes.ts';
import { rosterRoutes } from './rosterRoutes.ts';
import { routingRoutes } from './routingRoutes.ts';
import { staffRoutes } from './staffRoutes.ts';
import { templateRoutes } from './templateRoutes.ts';
import { ticketRoutes } from './ticketRoutes.ts';
import { tokenRoutes } from './tokenRoutes.ts';

/** Everything that is set up rather than worked on, one file per subject. */
export function adminRoutes(ctx: Context, router: Router): void {
  institutionRoutes(ctx, router);
  routingRoutes(ctx, router);
  staffRoutes(ctx, router);
  identityRoutes(ctx, router);
  deviceRoutes(ctx, router);
  tokenRoutes(ctx, router);
  rosterRoutes(ctx, router);
  itemRoutes(ctx, router);
  nameRoutes(ctx, router);
  policyRoutes(ctx, router);
  calendarRoutes(ctx, router);
  templateRoutes(ctx, router);
  patientRoutes(ctx, router);
  grantRoutes(ctx, router);
  ticketRoutes(ctx, router);
  auditRoutes(ctx, router);
}
