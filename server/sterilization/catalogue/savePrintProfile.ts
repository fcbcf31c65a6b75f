import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { printOutProfile } from '../formats/printOutProfile.ts';
import { decodePrintOut, readPrintOut } from '../formats/readPrintOut.ts';
import { guarded } from '../refusals.ts';

const code = z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,31}$/, 'capital letters, digits and hyphens');

export const savePrintProfileInput = z.object({
  code,
  name: z.string().trim().min(1).max(80),
  rules: printOutProfile,
});

/** How to read the print-outs of one make of machine, kept as data. Print-outs already read keep their reading. */
export async function savePrintProfile(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof savePrintProfileInput>,
) {
  await centerOf(ctx.db, actor, 'catalogue');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const values = {
        name: input.name,
        encoding: input.rules.encoding,
        rules: JSON.stringify(input.rules),
      };
      const row = await trx
        .insertInto('cssdPrintProfile')
        .values({ code: input.code, ...values })
        .onConflict((oc) => oc.column('code').doUpdateSet(values))
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.print-profile',
        subjectType: 'cssd-print-profile',
        subjectId: row.id,
        detail: { code: input.code, rules: input.rules },
      });
      return { id: row.id, code: input.code };
    }),
  );
}

export const tryPrintProfileInput = z.object({
  rules: printOutProfile,
  /** The bytes of a print-out, so that GBK and printer commands are tried as they come. */
  base64: z.base64().max(1_500_000),
});

/** Reads a sample by rules that are still being written: what would be read, the text as decoded, the flags. */
export async function tryPrintProfile(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof tryPrintProfileInput>,
) {
  await centerOf(ctx.db, actor, 'catalogue');
  const bytes = Buffer.from(input.base64, 'base64');
  if (bytes.length === 0) throw invalid('give a sample', [{ path: 'base64', code: 'required' }]);
  const reading = readPrintOut(bytes, input.rules);
  const { text, encoding } = decodePrintOut(bytes, input.rules.encoding);
  return { reading, encoding, text: text.slice(0, 20_000) };
}

export const savePrintSourceInput = z.object({
  machine: z.string().max(20),
  profile: code,
  kind: z.enum(['tcp', 'folder']),
  /** Sender's address (`192.0.2.7`, or `192.0.2.7#S1` where several share one), or the absolute path of a folder. */
  address: z.string().trim().min(1).max(300),
  active: z.boolean().default(true),
});

/** Where a machine's print-outs come from: a serial server's address or a watched folder. */
export async function savePrintSource(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof savePrintSourceInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  if (input.kind === 'folder' && !/^(\/|[A-Za-z]:[\\/])/.test(input.address))
    throw invalid('a folder is named by its absolute path', [{ path: 'address', code: 'absolute-path' }]);
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = await trx
        .selectFrom('cssdMachine')
        .select('id')
        .where('institutionId', '=', centerId)
        .where('code', '=', input.machine)
        .executeTakeFirst();
      const profile = await trx
        .selectFrom('cssdPrintProfile')
        .select('id')
        .where('code', '=', input.profile)
        .executeTakeFirst();
      if (!machine || !profile)
        throw invalid('unknown machine or profile', [
          machine
            ? { path: 'profile', code: 'unknown-profile' }
            : { path: 'machine', code: 'unknown-machine' },
        ]);
      const values = { machineId: machine.id, profileId: profile.id, active: input.active };
      const row = await trx
        .insertInto('cssdPrintSource')
        .values({ kind: input.kind, address: input.address, ...values })
        .onConflict((oc) => oc.columns(['kind', 'address']).doUpdateSet(values))
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.print-source',
        subjectType: 'cssd-print-source',
        subjectId: row.id,
        detail: { ...input },
      });
      return { id: row.id };
    }),
  );
}
