import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Role } from '../../core/access/roles.ts';
import type { Context } from '../../core/context.ts';

export interface Tray {
  id: string;
  code: string;
  setTypeId: string;
  versionId: string;
  materialId: string;
  shelfLifeDays: number;
  method: string;
  implant: boolean;
  owner: string;
}

/** Ids of the demo county that the synthetic history is made of. */
export interface World {
  centerId: string;
  sites: { id: string; code: string; nurse: string }[];
  trays: Tray[];
  machines: Map<string, string>;
  programmes: Map<string, string>;
  staff: Map<string, string>;
  patients: string[];
}

const SURNAMES = '赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜';
const GIVEN = [
  '桂英',
  '秀兰',
  '国庆',
  '建国',
  '玉珍',
  '海燕',
  '志强',
  '春梅',
  '德福',
  '小红',
  '文斌',
  '丽华',
  '永贵',
  '淑芬',
  '立新',
  '凤英',
  '长生',
  '巧云',
  '明亮',
  '爱民',
];
const NURSES = [
  '陆敏',
  '夏荷',
  '范雪',
  '石兰',
  '龚琴',
  '秦月',
  '尤佳',
  '柏青',
  '水清',
  '窦云',
  '章岚',
  '苏叶',
  '潘霞',
  '葛静',
  '奚文',
  '范芳',
  '彭鸽',
];

export async function readWorld(ctx: Context, centerId: string): Promise<World> {
  const { db } = ctx;
  const sites = await db
    .selectFrom('institution')
    .select(['id', 'code'])
    .where('kind', 'in', ['township', 'community'])
    .orderBy('kind', 'desc')
    .orderBy('code')
    .execute();
  const staff = new Map(
    (await db.selectFrom('staff').select(['id', 'username']).execute()).map((row) => [row.username, row.id]),
  );
  const nurses: string[] = [];
  for (const [index, site] of sites.entries()) {
    const known = site.code === 'LIUHE' ? staff.get('nurse1') : undefined;
    nurses.push(known ?? (await addNurse(ctx, site, NURSES[index % NURSES.length] ?? '护士')));
  }
  const { rows: trays } = await sql<Tray>`
    select t.id, t.code, t.set_type_id, v.id as version_id, m.id as material_id, m.shelf_life_days, v.method, v.implant, coalesce(t.owner_institution_id, ${centerId}) as owner
    from cssd_tray t join cssd_set_type_version v on v.set_type_id = t.set_type_id join cssd_packaging_material m on m.id = v.packaging_material_id
    where t.kind = 'own' order by md5(t.code)`.execute(db);
  const machines = new Map(
    (
      await db
        .selectFrom('cssdMachine')
        .select(['id', 'code'])
        .where('institutionId', '=', centerId)
        .execute()
    ).map((row) => [row.code, row.id]),
  );
  const { rows: programmes } = await sql<{
    key: string;
    id: string;
  }>`select m.code || '/' || g.code as key, g.id from cssd_programme g join cssd_machine m on m.id = g.machine_id`.execute(
    db,
  );
  return {
    centerId,
    sites: sites.map((site, index) => ({ ...site, nurse: nurses[index] ?? '' })),
    trays,
    machines,
    programmes: new Map(programmes.map((row) => [row.key, row.id])),
    staff,
    patients: await addPatients(ctx),
  };
}

/** Somebody who signed for the packs of this site in the past month; cannot sign in. */
async function addNurse(ctx: Context, site: { id: string; code: string }, name: string): Promise<string> {
  const row = await ctx.db
    .insertInto('staff')
    .values({
      username: `nurse.${site.code.toLowerCase()}`,
      name,
      title: '护师',
      institutionId: site.id,
      passwordHash: '!',
      active: false,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function addPatients(ctx: Context): Promise<string[]> {
  const rows = Array.from({ length: 80 }, (_, index) => ({
    name: `${SURNAMES[(index * 7) % SURNAMES.length] ?? '李'}${GIVEN[(index * 3) % GIVEN.length] ?? '明'}`,
    sex: index % 2 === 0 ? ('F' as const) : ('M' as const),
    birthDate: `${1940 + ((index * 13) % 70)}-${String((index % 12) + 1).padStart(2, '0')}-${String((index % 27) + 1).padStart(2, '0')}`,
    identity: 'unverified',
  }));
  return (await ctx.db.insertInto('patient').values(rows).returning('id').execute()).map((row) => row.id);
}

/** An actor of the demo as he would be signed in, for acts of the past. */
export async function demoActor(ctx: Context, username: string): Promise<Actor> {
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const roles = await ctx.db
    .selectFrom('staffRole')
    .select(['role', 'institutionId', 'centerKind'])
    .where('staffId', '=', staff.id)
    .execute();
  return {
    kind: 'staff',
    id: staff.id,
    name: staff.name,
    institutionId: staff.institutionId,
    roles: roles.map((row) => ({
      role: row.role as Role,
      institutionId: row.institutionId,
      centerKind: row.centerKind,
    })),
    verbs: [],
  };
}

/** The context with its clock standing at a moment of the past. */
export const at = (ctx: Context, moment: Date): Context => ({ ...ctx, clock: { now: () => moment } });
