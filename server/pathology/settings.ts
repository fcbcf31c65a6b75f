import { z } from 'zod';
import { personId, requirePermission, type Actor } from '../core/access/actor.ts';
import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Context } from '../core/context.ts';
import type { Queryable, Transaction } from '../core/database.ts';
import { stainKinds, type StainKind } from './stainKinds.ts';

const keys = { secondReaderWords: 'pathology.secondReader', extensionDays: 'pathology.extensions' } as const;

/** Diagnoses that a second reader must see before they leave the house; a centre sets its own words. */
const defaultWords = ['淋巴瘤', '黑色素瘤', '肉瘤', 'lymphoma', 'melanoma', 'sarcoma'];

/** Working days by which each kind of order extends the due day of the case. Proposals; a centre sets its own. */
const defaultExtensions: Record<StainKind, number> = {
  recut: 1,
  special: 1,
  ihc: 2,
  molecular: 5,
  decalcification: 2,
};

export const settingsInput = z.object({
  secondReaderWords: z.array(z.string().trim().min(2).max(40)).max(200),
  extensionDays: z.record(z.enum(stainKinds), z.number().int().min(0).max(60)),
});
export type PathologySettings = z.output<typeof settingsInput>;

/** The rules of the centre, its own where it set them. */
export async function readSettings(db: Queryable): Promise<PathologySettings> {
  const rows = await db
    .selectFrom('setting')
    .select(['key', 'value'])
    .where('key', 'in', Object.values(keys))
    .execute();
  const valueOf = (key: string) => rows.find((row) => row.key === key)?.value;
  const words = valueOf(keys.secondReaderWords);
  return {
    secondReaderWords: Array.isArray(words) ? words.filter((word) => typeof word === 'string') : defaultWords,
    extensionDays: {
      ...defaultExtensions,
      ...((valueOf(keys.extensionDays) ?? {}) as Partial<Record<StainKind, number>>),
    },
  };
}

/** Sets the rules of the centre; what was before stands in the audit. */
export async function saveSettings(
  ctx: Context,
  actor: Actor,
  input: PathologySettings,
): Promise<PathologySettings> {
  requirePermission(actor, 'template.edit', { centerKind: 'pathology' });
  return ctx.db.transaction().execute(async (trx: Transaction) => {
    const before = await readSettings(trx);
    const updatedBy = personId(actor);
    for (const [name, key] of Object.entries(keys)) {
      const value = JSON.stringify(input[name as keyof typeof keys]);
      await trx
        .insertInto('setting')
        .values({ key, value, updatedBy })
        .onConflict((oc) => oc.column('key').doUpdateSet({ value, updatedBy, updatedAt: ctx.clock.now() }))
        .execute();
    }
    await recordAudit(trx, actor, { action: 'pathology.settings', detail: { before, after: input } });
    return readSettings(trx);
  });
}
