import type { Selectable } from 'kysely';
import type { OrderPriority, TurnaroundPolicy } from '../../../db/types.ts';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Transaction } from '../database.ts';
import { conflict, invalid, notFound } from '../errors.ts';

type Policy = Selectable<TurnaroundPolicy>;

export interface SpecialPolicy {
  name: string;
  nameEn?: string | null | undefined;
  itemClass?: string | null | undefined;
  priority?: OrderPriority | null | undefined;
  targetMinutes: number;
  warnMinutes?: number | undefined;
  workingDays?: number | null | undefined;
}

/** Minutes before the target at which a case turns yellow: a policy by the clock is not yellow from its start. */
export function requireWarnBeforeTarget(policy: {
  targetMinutes: number;
  warnMinutes: number;
  workingDays: number | null;
}): void {
  const { targetMinutes, warnMinutes, workingDays } = policy;
  if (workingDays === null && warnMinutes >= targetMinutes)
    throw invalid('a warning comes before the target, not at the start', [
      { path: 'warnMinutes', code: 'warn-after-start', params: { maximum: targetMinutes - 1 } },
    ]);
}

/** Locks the policy in force. Throws 404 for another, 403 for another centre's. */
async function inForce(trx: Transaction, actor: Actor, id: string): Promise<Policy> {
  const policy = await trx
    .selectFrom('turnaroundPolicy')
    .selectAll()
    .where('id', '=', id)
    .where('validTo', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!policy) throw notFound('policy in force', id);
  requirePermission(actor, 'policy.edit', { centerKind: policy.centerKind });
  return policy;
}

/**
 * A policy with the start and the end of another, for an item class, a priority or both that the other leaves open;
 * the choice for a case prefers it. Always local: a national target is not narrowed by the hub. Running cases keep
 * what they have. Throws 422 where nothing is narrowed, 409 where such a policy is in force.
 */
export async function addSpecialPolicy(
  trx: Transaction,
  actor: Actor,
  id: string,
  input: SpecialPolicy,
  now: Date,
): Promise<Policy> {
  const wide = await inForce(trx, actor, id);
  const itemClass = wide.itemClass ?? input.itemClass ?? null;
  const priority = wide.priority ?? input.priority ?? null;
  if (itemClass === wide.itemClass && priority === wide.priority)
    throw invalid('choose an item class or a priority that the policy leaves open', [
      { path: 'itemClass', code: 'policy-not-narrower' },
    ]);
  const { id: _, ...rest } = wide;
  const special = {
    ...rest,
    itemClass,
    priority,
    code: [wide.code, input.itemClass, input.priority].filter(Boolean).join('.'),
    name: input.name,
    nameEn: input.nameEn ?? null,
    targetMinutes: input.targetMinutes,
    warnMinutes: input.warnMinutes ?? Math.min(wide.warnMinutes, input.targetMinutes - 1),
    workingDays: input.workingDays === undefined ? wide.workingDays : input.workingDays,
    mark: wide.mark === 'N' ? ('L' as const) : wide.mark,
    validFrom: now,
    createdBy: personId(actor),
  };
  requireWarnBeforeTarget(special);
  const same = await trx
    .selectFrom('turnaroundPolicy')
    .select('name')
    .where('centerKind', '=', wide.centerKind)
    .where('kind', '=', wide.kind)
    .where('startEvent', '=', wide.startEvent)
    .where('stopEvent', '=', wide.stopEvent)
    .where('itemClass', 'is not distinct from', itemClass)
    .where('priority', 'is not distinct from', priority)
    .where('flag', 'is not distinct from', wide.flag)
    .where('validTo', 'is', null)
    .executeTakeFirst();
  if (same)
    throw conflict('policy-exists', `${same.name} is in force for this item class and priority: change it`, {
      name: same.name,
    });
  const last = await trx
    .selectFrom('turnaroundPolicy')
    .select((eb) => eb.fn.max('version').as('version'))
    .where('code', '=', special.code)
    .executeTakeFirst();
  return trx
    .insertInto('turnaroundPolicy')
    .values({ ...special, version: Number(last?.version ?? 0) + 1 })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Ends a local policy: cases from now on take the wider one. Throws 409 for a national one, 404 for one that ended. */
export async function endPolicy(trx: Transaction, actor: Actor, id: string, now: Date): Promise<Policy> {
  const policy = await inForce(trx, actor, id);
  if (policy.mark === 'N')
    throw conflict('policy-national', 'a national target stays in force: make a new version of it instead');
  return trx
    .updateTable('turnaroundPolicy')
    .set({ validTo: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
