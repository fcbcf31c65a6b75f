import { sql } from 'kysely';
import { SYSTEM } from '../../server/core/access/actor.ts';
import { hashPassword } from '../../server/core/access/password.ts';
import type { Context } from '../../server/core/context.ts';
import type { Transaction } from '../../server/core/database.ts';
import { ensureAuthority } from '../../server/core/signature/heldAuthority.ts';
import { enrolSigner } from '../../server/core/signature/enrolSigner.ts';
import { PEOPLE } from './people.ts';
import { COMMUNITIES, HOSPITALS, TOWNSHIPS, villageName, VILLAGE_ROOMS } from './places.ts';
import { CATALOGUE, HOLIDAYS, RECOGNITION, IMAGING_CRITICAL, POLICIES, WORK_WEEK } from './reference.ts';
import { PHRASES, TEMPLATES } from './reportTexts.ts';

export const DEMO_PIN = '246810';

/** Institutions, people, devices, catalogue, policies and roster of 青禾县; all names are invented. */
export async function seedCounty(ctx: Context, placesStand = false): Promise<void> {
  if (!placesStand) await seedPlacesAndPeople(ctx);
  await enrolDemoSigners(ctx);
}

async function seedPlacesAndPeople(ctx: Context): Promise<void> {
  const passwordHash = await hashPassword(ctx.config.demoPassword);
  await ctx.db.transaction().execute(async (trx) => {
    const places = await seedPlaces(trx);
    await seedCenters(trx, places);
    const people = await seedPeople(trx, places, passwordHash);
    await seedDevices(trx, places);
    await seedCatalogue(trx);
    await seedRules(trx);
    await seedRecognition(ctx, trx, places);
    await seedRoster(ctx, trx, places, people);
    await sql`insert into setting (key, value) values ('demo.places', 'true')`.execute(trx);
  });
}

/** Signing certificates of the demo people who have none yet. */
async function enrolDemoSigners(ctx: Context): Promise<void> {
  const usernames = PEOPLE.filter((person) => person.signs).map((person) => person.username);
  const { rows } = await sql<{ id: string }>`select id from staff s where username = any(${usernames}::text[])
    and not exists (select 1 from signature_certificate c where c.staff_id = s.id) order by username`.execute(
    ctx.db,
  );
  // Demo cases are signed at moments of the past months: the certificates must have been valid then.
  const aYearAgo = { now: () => new Date(ctx.clock.now().getTime() - 400 * 86_400_000) };
  const enrol = (staffId: string) =>
    enrolSigner({ ...ctx, clock: aYearAgo }, SYSTEM, { staffId, pin: DEMO_PIN });
  await ensureAuthority({ ...ctx, clock: aYearAgo });
  await Promise.all(rows.map(({ id }) => enrol(id))); // keys are derived slowly by intention, on every core
}

type Ids = Map<string, string>;

async function seedPlaces(trx: Transaction): Promise<Ids> {
  const ids: Ids = new Map();
  const add = async (
    rows: {
      code: string;
      name: string;
      shortName: string;
      nameEn: string | null;
      kind: string;
      parentId: string | null;
      dutyPhone: string | null;
    }[],
  ) => {
    for (const row of await trx.insertInto('institution').values(rows).returning(['id', 'code']).execute())
      ids.set(row.code, row.id);
  };
  await add([
    {
      code: 'QHWJ',
      name: '青禾县卫生健康局',
      shortName: '县卫健局',
      nameEn: 'Qinghe County Health Bureau',
      kind: 'bureau',
      parentId: null,
      dutyPhone: null,
    },
  ]);
  await add(HOSPITALS.map(({ phone, ...hospital }) => ({ ...hospital, parentId: null, dutyPhone: phone })));
  const lead = ids.get('QHRM') ?? null;
  await add(
    TOWNSHIPS.map(([code, name, en], n) => ({
      code,
      name: `${name}镇卫生院`,
      shortName: `${name}镇卫生院`,
      nameEn: `${en} Township Hospital`,
      kind: 'township',
      parentId: lead,
      dutyPhone: `0513-55510${String(n + 1).padStart(2, '0')}`,
    })),
  );
  await add(
    COMMUNITIES.map(([code, name], n) => ({
      code,
      name: `${name}社区卫生服务中心`,
      shortName: `${name}社区中心`,
      nameEn: null,
      kind: 'community',
      parentId: lead,
      dutyPhone: `0513-55520${String(n + 1).padStart(2, '0')}`,
    })),
  );
  await add(
    Array.from({ length: VILLAGE_ROOMS }, (_, n) => {
      const [township = '', name = ''] = TOWNSHIPS[n % TOWNSHIPS.length] ?? [];
      return {
        code: `${township}-V${String(Math.floor(n / TOWNSHIPS.length) + 1).padStart(2, '0')}`,
        name: `${name}镇${villageName(n)}村卫生室`,
        shortName: `${villageName(n)}卫生室`,
        nameEn: null,
        kind: 'village',
        parentId: ids.get(township) ?? null,
        dutyPhone: null,
      };
    }),
  );
  return ids;
}

const need = (ids: Ids, key: string): string => {
  const id = ids.get(key);
  if (!id) throw new Error(`the demo county has no ${key}`);
  return id;
};

async function seedCenters(trx: Transaction, places: Ids): Promise<void> {
  const lead = need(places, 'QHRM');
  await trx
    .insertInto('center')
    .values(
      (['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const).map((kind) => ({
        kind,
        institutionId: lead,
        dutyPhone: '0513-5550120',
        twoPerson: kind === 'imaging' || kind === 'lab' || kind === 'pathology',
        twoPersonEmergency: kind === 'imaging' || kind === 'lab' || kind === 'pathology',
        preliminaryVisible: kind === 'imaging',
      })),
    )
    .execute();
}

async function seedPeople(trx: Transaction, places: Ids, passwordHash: string): Promise<Ids> {
  const ids: Ids = new Map();
  for (const person of PEOPLE) {
    const institutionId = need(places, person.institution);
    const staff = await trx
      .insertInto('staff')
      .values({
        username: person.username,
        name: person.name,
        title: person.title,
        institutionId,
        passwordHash,
        phone: `1380000${String(1000 + ids.size)}`,
        ...(person.signs && { licenceNumber: `11032000000${String(1000 + ids.size)}` }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(person.username, staff.id);
    await trx
      .insertInto('staffRole')
      .values(
        person.roles.map(([role, centerKind]) => ({
          staffId: staff.id,
          role,
          institutionId,
          centerKind: centerKind ?? null,
        })),
      )
      .execute();
  }
  return ids;
}

const OTHER_SCANNERS = [
  ['BAITA', '白塔 DR/CT', '10.32.2.11'],
  ['SHUANGQIAO', '双桥 DR', '10.32.3.11'],
  ['DONGSHAN', '东山 DR/CT', '10.32.5.11'],
] as const;

async function seedDevices(trx: Transaction, places: Ids): Promise<void> {
  await trx
    .insertInto('device')
    .values([
      {
        kind: 'dicom',
        name: '柳河 DR/CT',
        institutionId: need(places, 'LIUHE'),
        aeTitle: 'LIUHE',
        address: '127.0.0.1',
        state: 'admitted',
      },
      // Other townships: their scanners stand at addresses of the county network, not at this machine.
      ...OTHER_SCANNERS.map(([code, name, address]) => ({
        kind: 'dicom',
        name,
        institutionId: need(places, code),
        aeTitle: code,
        address,
        state: 'admitted',
      })),
      {
        kind: 'hl7',
        name: '柳河 HIS',
        institutionId: need(places, 'LIUHE'),
        hl7Sender: 'HIS|LIUHE',
        address: '127.0.0.1',
        state: 'admitted',
      },
    ])
    .execute();
}

async function seedCatalogue(trx: Transaction): Promise<void> {
  await trx
    .insertInto('catalogueItem')
    .values(
      CATALOGUE.map(
        ([code, centerKind, name, nameEn, itemClass, modality, bodyPart, reportGroup, price]) => ({
          code,
          centerKind,
          name,
          nameEn,
          itemClass,
          modality,
          bodyPart,
          reportGroup,
          price,
        }),
      ),
    )
    .onConflict((oc) => oc.column('code').doNothing())
    .execute();
}

async function seedRules(trx: Transaction): Promise<void> {
  const calendar = await trx
    .insertInto('turnaroundCalendar')
    .values({ code: 'county', name: '县域工作日历', week: JSON.stringify(WORK_WEEK) })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('turnaroundCalendarDay')
    .values(HOLIDAYS.map(([day, working, note]) => ({ calendarId: calendar.id, day, working, note })))
    .execute();
  await trx
    .insertInto('turnaroundPolicy')
    .values(
      POLICIES.map((policy) => ({
        code: policy.code,
        name: policy.name,
        nameEn: policy.nameEn,
        centerKind: policy.center,
        kind: policy.kind,
        startEvent: policy.start,
        stopEvent: policy.stop,
        targetMinutes: policy.minutes,
        warnMinutes: policy.warn,
        mark: policy.mark,
        itemClass: policy.itemClass ?? null,
        priority: policy.priority ?? null,
        flag: policy.flag ?? null,
        calendarId: policy.calendar ? calendar.id : null,
        workingDays: policy.days ?? null,
        validFrom: new Date('2020-01-01'),
      })),
    )
    .execute();
  await trx
    .insertInto('criticalRule')
    .values(
      IMAGING_CRITICAL.map(([code, name, nameEn]) => ({
        centerKind: 'imaging' as const,
        code,
        name,
        nameEn,
        tier: 'critical',
      })),
    )
    .execute();
  await trx
    .insertInto('reportTemplate')
    .values(
      TEMPLATES.map((template) => ({
        centerKind: template.center,
        name: template.name,
        modality: template.modality,
        bodyPart: template.bodyPart,
        content: JSON.stringify(template.content),
      })),
    )
    .execute();
  await trx
    .insertInto('phrase')
    .values(PHRASES.map(({ center, ...phrase }) => ({ centerKind: center, ...phrase })))
    .execute();
}

/** A month of duty from today, each shift a day long, so that the ladder always finds somebody. */
async function seedRoster(ctx: Context, trx: Transaction, places: Ids, people: Ids): Promise<void> {
  const start = new Date(Math.floor(ctx.clock.now().getTime() / 86_400_000) * 86_400_000);
  const duties: [institution: string, staff: string, duty: string, center: string | null][] = [
    ['LIUHE', 'doctor1', 'site-duty', null],
    ['LIUHE', 'doctor1', 'site-head', null],
    ['BAITA', 'doctor2', 'site-duty', null],
    ['SHUANGQIAO', 'doctor3', 'site-duty', null],
    ['DONGSHAN', 'doctor4', 'site-duty', null],
    ['QHRM', 'duty1', 'duty-office', null],
    ['QHRM', 'radiologist1', 'reporter', 'imaging'],
    ['QHRM', 'radiologist2', 'verifier', 'imaging'],
    ['QHRM', 'cardiologist1', 'reporter', 'ecg'],
    ['QHRM', 'cardiologist2', 'verifier', 'ecg'],
  ];
  for (const [institution, staff, duty, center] of duties)
    await sql`insert into roster_shift (institution_id, center_kind, staff_id, duty, starts_at, ends_at, phone)
      select ${need(places, institution)}::uuid, ${center}::center_kind, ${need(people, staff)}::uuid, ${duty}, ${start}::timestamptz + d * interval '1 day', ${start}::timestamptz + (d + 1) * interval '1 day', '0513-5550119' from generate_series(0, 59) d`.execute(
      trx,
    );
}

/** Validity per item, and the lead hospital's half-year evaluation of every site as evidence inside the county. */
async function seedRecognition(ctx: Context, trx: Transaction, places: Ids): Promise<void> {
  await trx
    .insertInto('recognitionItem')
    .values(
      RECOGNITION.map(([itemCode, validityDays, exceptionNote]) => ({
        itemCode,
        validityDays,
        eligible: !exceptionNote,
        exceptionNote: exceptionNote ?? null,
      })),
    )
    .execute();
  const year = ctx.clock.now().getUTCFullYear();
  const halves = [year - 1, year].flatMap((y) => [
    [`${y}-01-01`, `${y}-06-30`] as const,
    [`${y}-07-01`, `${y}-12-31`] as const,
  ]);
  const sites = [
    'QHRM',
    'QHZY',
    ...[...places.keys()].filter(
      (code) => /^[A-Z]+$/.test(code) && code !== 'QHWJ' && code !== 'QHRM' && code !== 'QHZY',
    ),
    ...[...places.keys()].filter((code) => code.startsWith('SQ-')),
  ];
  await trx
    .insertInto('qualityEvidence')
    .values(
      sites.flatMap((site) =>
        halves.map(([validFrom, validTo]) => ({
          institutionId: need(places, site),
          recognitionRange: 'county',
          evaluator: '青禾县人民医院半年质量评价',
          validFrom,
          validTo,
          source: 'evaluation',
        })),
      ),
    )
    .execute();
}
