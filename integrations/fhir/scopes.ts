import { can, requirePermission, type Actor } from '../../server/core/access/actor.ts';
import type { Permission } from '../../server/core/access/roles.ts';
import { readScope, SCOPED_TYPES } from '../../server/core/access/scopes.ts';
import { forbidden } from '../../server/core/errors.ts';
import { NEEDS, type FhirType } from './parameters.ts';

/** Interactions of SMART App Launch 2: create, read (with vread and history), search. */
export type Interaction = 'c' | 'r' | 's';

/** Scopes that an administrator may grant; the short forms `.read` and `system/*` mean the same in sum. */
export const SCOPES_SUPPORTED = [
  'system/*.rs',
  'system/*.read',
  'system/ServiceRequest.c',
  ...SCOPED_TYPES.map((type) => `system/${type}.${type === 'Binary' ? 'r' : 'rs'}`),
];

const holds = (scopes: readonly string[], type: FhirType, interaction: Interaction): boolean =>
  scopes.some((scope) => {
    const read = readScope(scope);
    return read !== undefined && read.types.includes(type) && read.interactions.includes(interaction);
  });

/** The right behind an interaction. */
const permissionOf = (type: FhirType, interaction: Interaction): Permission =>
  interaction === 'c' ? 'order.request' : NEEDS[type];

/** Whether the caller may do this: by its scopes where it has some, else by its rights. */
export const may = (actor: Actor, type: FhirType, interaction: Interaction): boolean =>
  actor.scopes ? holds(actor.scopes, type, interaction) : can(actor, permissionOf(type, interaction));

/** Throws 403 naming the scope that is missing, or the right of a caller without scopes; 401 for nobody. */
export function requireScope(actor: Actor, type: FhirType, interaction: Interaction): void {
  if (actor.scopes && !holds(actor.scopes, type, interaction))
    throw forbidden(`this needs the scope system/${type}.${interaction}`);
  if (!actor.scopes) requirePermission(actor, permissionOf(type, interaction));
}

/** The caller as the operations below /fhir see it: scopes stand for the rights they need, here and nowhere else. */
export function withScopes(actor: Actor): Actor {
  if (!actor.scopes) return actor;
  const verbs = SCOPED_TYPES.flatMap((type) =>
    (['r', 's', 'c'] as const).flatMap((interaction) =>
      may(actor, type, interaction) && (interaction !== 'c' || type === 'ServiceRequest')
        ? [permissionOf(type, interaction)]
        : [],
    ),
  );
  return { ...actor, verbs: [...new Set(verbs)] };
}
