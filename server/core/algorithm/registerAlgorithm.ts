import { z } from 'zod';
import type { Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { JUDGES } from './agreement.ts';

const text = z.string().trim().min(1).max(300);

export const algorithmInput = z.object({
  name: text,
  version: z.string().trim().min(1).max(60),
  vendor: text,
  intendedUse: text,
  registrationNumber: z.string().trim().min(1).max(80).nullish(),
  institutionId: z.uuid(),
  center: z.enum(CENTER_KINDS),
  modalities: z.array(z.string().max(16)).max(20).default([]),
  builtIn: z.string().max(60).optional(),
  tokenId: z.uuid().optional(),
  /** What its "positive" means, and so what it is compared with. */
  judges: z.enum(JUDGES).default('disease'),
  mayRaisePriority: z.boolean().default(false),
});

/**
 * Registers an algorithm as a device: one of the hub by its name, or one outside with its machine token. Throws 422 when
 * it is neither or both, or would raise priorities without a registration.
 */
export async function registerAlgorithm(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof algorithmInput>,
): Promise<{ id: string }> {
  const center = ctx.centers.find((each) => each.kind === input.center);
  const errors = [];
  if ((input.builtIn === undefined) === (input.tokenId === undefined))
    errors.push({ path: 'builtIn', code: 'algorithm-or-token' });
  if (input.builtIn && !Object.hasOwn(center?.algorithms ?? {}, input.builtIn))
    errors.push({ path: 'builtIn', code: 'unknown-algorithm' });
  if (input.mayRaisePriority && !input.registrationNumber)
    errors.push({
      path: 'registrationNumber',
      code: 'unregistered-priority',
    });
  if (errors.length > 0) throw invalid('the algorithm cannot be registered', errors);
  return audited(
    ctx,
    actor,
    { action: 'algorithm.register', detail: { name: input.name, version: input.version } },
    async (trx) => {
      const device = await trx
        .insertInto('device')
        .values({
          kind: 'algorithm',
          name: input.name,
          institutionId: input.institutionId,
          state: 'admitted',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('algorithm')
        .values({
          deviceId: device.id,
          version: input.version,
          vendor: input.vendor,
          intendedUse: input.intendedUse,
          registrationNumber: input.registrationNumber ?? null,
          centerKind: input.center,
          modalities: input.modalities,
          builtIn: input.builtIn ?? null,
          tokenId: input.tokenId ?? null,
          judges: input.judges,
          mayRaisePriority: input.mayRaisePriority,
        })
        .execute();
      return device;
    },
  );
}
