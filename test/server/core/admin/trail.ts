import type { TestHub } from '../../../helpers/hub.ts';

export const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** An answer in short: status, type of the refusal, and its fields. */
export const said = ({ status, body }: { status: number; body: unknown }): string => {
  const { type, errors } = (Buffer.isBuffer(body) ? {} : (body ?? {})) as {
    type?: string;
    errors?: { path: string; code: string }[];
  };
  const parts = [
    status,
    status < 400 ? undefined : type,
    ...(errors ?? []).map(({ path, code }) => `${path}:${code}`),
  ];
  return parts.filter((part) => part !== undefined).join(' ');
};

/** What the audit trail got while something was done. */
export async function trailOf<T>(hub: TestHub, work: () => Promise<T>) {
  const head = await hub.ctx.db
    .selectFrom('auditEvent')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .executeTakeFirst();
  const result = await work();
  const rows = await hub.ctx.db
    .selectFrom('auditEvent')
    .select(['action', 'outcome', 'actorName', 'subjectType', 'subjectId', 'patientId', 'detail', 'address'])
    .where('seq', '>', head?.seq ?? 0)
    .orderBy('seq')
    .execute();
  return { result, rows };
}

export const siteOf = async (hub: TestHub, code: string): Promise<string> =>
  (await hub.ctx.db.selectFrom('institution').select('id').where('code', '=', code).executeTakeFirstOrThrow())
    .id;

export const staffOf = async (hub: TestHub, username: string): Promise<string> =>
  (
    await hub.ctx.db
      .selectFrom('staff')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow()
  ).id;

/** Gives a role beside those that the person has. */
export const grant = (
  hub: TestHub,
  role: {
    staffId: string;
    institutionId: string;
    role: string;
    centerKind?: 'imaging' | 'ecg' | 'lab' | 'pathology' | 'sterilization';
  },
) => hub.ctx.db.insertInto('staffRole').values(role).execute();
