import fs from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { createAuthority } from './authority.ts';
import type { Authority } from './authority.ts';

export interface HeldAuthority extends Authority {
  readonly id: string;
}

type Needs = Pick<Context, 'db' | 'keys' | 'clock' | 'config'>;

/** File beside the data that `hub verify` trusts without a database. */
export const rootCertificateFile = (dataDir: string): string => path.join(dataDir, 'signature-root.pem');

/** The signing authority of the hub, made on first use. Of many processes one makes it, all use the same. */
export async function ensureAuthority(ctx: Needs): Promise<HeldAuthority> {
  const known = await activeAuthority(ctx.db);
  if (known) {
    exportRootCertificate(ctx, known);
    return known;
  }
  const hospital = await ctx.db
    .selectFrom('institution')
    .select('name')
    .where('kind', '=', 'county-hospital')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const organization = hospital?.name ?? '县域医共体共享中心';
  const made = await createAuthority(ctx.keys, { organization, now: ctx.clock.now() });
  await ctx.db
    .insertInto('signatureAuthority')
    .values({ organization, ...made })
    .onConflict((oc) => oc.column('active').where('active', '=', true).doNothing())
    .execute();
  const authority = await activeAuthority(ctx.db);
  if (!authority) throw new Error('The signing authority was not stored');
  exportRootCertificate(ctx, authority);
  return authority;
}

export async function activeAuthority(db: Queryable): Promise<HeldAuthority | undefined> {
  return await db
    .selectFrom('signatureAuthority')
    .select(['id', 'rootCertificate', 'issuingCertificate', 'sealedRootKey', 'sealedIssuingKey'])
    .where('active', '=', true)
    .executeTakeFirst();
}

const exported = new Set<string>();

/** Writes the root certificate beside the data, once per process. */
function exportRootCertificate(ctx: Needs, { rootCertificate }: Authority): void {
  const file = rootCertificateFile(ctx.config.dataDir);
  const text = new X509Certificate(rootCertificate).toString();
  if (exported.has(file + text)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.${process.pid}`, text);
  fs.renameSync(`${file}.${process.pid}`, file);
  exported.add(file + text);
}
