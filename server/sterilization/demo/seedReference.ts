import type { Insertable } from 'kysely';
import type { CssdProgramme } from '../../../db/types.ts';
import type { Transaction } from '../../core/database.ts';
import { COST_RATES, INSTRUMENT_TYPES, MACHINES, MATERIALS, SET_TYPES } from './catalogue.ts';
import { PRINT_OUT_PROFILES } from './printOutProfiles.ts';

/** Makes the catalogue of a centre: materials, instruments, set types, machines, trays, routes, rates, print-out profiles. */
export async function seedReference(trx: Transaction, centerId: string, createdAt: Date): Promise<void> {
  const materials = await trx
    .insertInto('cssdPackagingMaterial')
    .values(
      MATERIALS.map(([code, name, nameEn, shelfLifeDays, shelfLifeDaysUncontrolled]) => ({
        code,
        name,
        nameEn,
        shelfLifeDays,
        shelfLifeDaysUncontrolled,
      })),
    )
    .onConflict((oc) => oc.column('code').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
    .returning(['id', 'code'])
    .execute();
  const instruments = await trx
    .insertInto('cssdInstrumentType')
    .values(INSTRUMENT_TYPES.map(([code, name, nameEn]) => ({ institutionId: centerId, code, name, nameEn })))
    .returning(['id', 'code'])
    .execute();
  const sites = await trx
    .selectFrom('institution')
    .select(['id', 'code'])
    .where('kind', 'in', ['township', 'community'])
    .where('active', '=', true)
    .orderBy('kind', 'desc')
    .orderBy('code')
    .execute();
  const types = await trx
    .insertInto('cssdSetType')
    .values(
      SET_TYPES.map((type) => ({
        institutionId: centerId,
        code: type.code,
        name: type.name,
        nameEn: type.nameEn,
      })),
    )
    .returning(['id', 'code'])
    .execute();
  const idOf = (rows: { id: string; code: string }[], code: string) => {
    const row = rows.find((one) => one.code === code);
    if (!row) throw new Error(`the demo catalogue has no ${code}`);
    return row.id;
  };
  const versions = await trx
    .insertInto('cssdSetTypeVersion')
    .values(
      SET_TYPES.map((type) => ({
        setTypeId: idOf(types, type.code),
        version: 1,
        packagingMaterialId: idOf(materials, type.material),
        method: type.method,
        washRequired: !type.noWash,
        implant: type.implant ?? false,
        priceFen: type.priceFen,
        weightG: type.contents.reduce((sum, [, quantity]) => sum + quantity * 45, 120),
        createdAt,
      })),
    )
    .returning(['id', 'setTypeId'])
    .execute();
  await trx
    .insertInto('cssdSetTypeContent')
    .values(
      SET_TYPES.flatMap((type) => {
        const versionId = versions.find((version) => version.setTypeId === idOf(types, type.code))?.id ?? '';
        return type.contents.map(([code, quantity], index) => ({
          setTypeVersionId: versionId,
          position: index + 1,
          instrumentTypeId: idOf(instruments, code),
          quantity,
        }));
      }),
    )
    .execute();
  await trx
    .insertInto('catalogueItem')
    .values(
      SET_TYPES.map((type) => ({
        code: `SET-${type.code}`,
        centerKind: 'sterilization' as const,
        name: type.name,
        nameEn: type.nameEn,
        itemClass: type.method,
        price: type.priceFen / 100,
      })),
    )
    .onConflict((oc) => oc.column('code').doNothing())
    .execute();
  const trays = await trx
    .insertInto('cssdTray')
    .values(
      SET_TYPES.flatMap((type) =>
        Array.from({ length: type.trays }, (_, index) => ({
          institutionId: centerId,
          code: `T-${type.code}-${String(index + 1).padStart(2, '0')}`,
          setTypeId: idOf(types, type.code),
          ownerInstitutionId: sites[index % Math.max(1, sites.length)]?.id ?? null,
          createdAt,
        })),
      ),
    )
    .returning(['id', 'code'])
    .execute();
  await codeInstruments(trx, centerId, instruments, trays);
  await seedMachines(trx, centerId);
  await seedRoutes(trx, centerId, sites);
  await trx
    .insertInto('cssdCostRate')
    .values(
      COST_RATES.map(([component, method, amountFen]) => ({
        institutionId: centerId,
        component,
        method,
        amountFen,
        validFrom: '2020-01-01',
      })),
    )
    .execute();
  await trx
    .insertInto('cssdStockLevel')
    .values(
      sites.flatMap((site) =>
        ['DEBRIDE', 'DRESSING', 'SUTURE-OUT', 'DENT-EXAM'].map((code) => ({
          institutionId: site.id,
          setTypeId: idOf(types, code),
          minimum: code === 'DRESSING' ? 3 : 1,
        })),
      ),
    )
    .execute();
}

/** The dear and the delicate instruments have their own code: scopes, handpieces, drills, plate trays. */
async function codeInstruments(
  trx: Transaction,
  centerId: string,
  types: { id: string; code: string }[],
  trays: { id: string; code: string }[],
): Promise<void> {
  const coded: [prefix: string, type: string][] = [
    ['T-LAP-SCOPE', 'LAP-SCOPE'],
    ['T-LAP-TOOLS', 'LAP-GRASPER'],
    ['T-HYSTERO', 'LAP-SCOPE'],
    ['T-URETERO', 'LAP-SCOPE'],
    ['T-HANDPIECE', 'HANDPIECE'],
    ['T-BONE-PLATE', 'PLATE-SET'],
    ['T-BONE-BASE', 'BONE-DRILL'],
  ];
  const rows = coded.flatMap(([prefix, type]) =>
    trays
      .filter((tray) => tray.code.startsWith(`${prefix}-`))
      .map((tray, index) => ({
        institutionId: centerId,
        code: `I-${type}-${prefix.slice(2)}-${String(index + 1).padStart(2, '0')}`,
        instrumentTypeId: types.find((one) => one.code === type)?.id ?? '',
        trayId: tray.id,
        serialNumber: `SN${2400 + index}`,
      })),
  );
  await trx.insertInto('cssdInstrument').values(rows).execute();
}

async function seedMachines(trx: Transaction, centerId: string): Promise<void> {
  const profiles = await trx
    .insertInto('cssdPrintProfile')
    .values(
      Object.entries(PRINT_OUT_PROFILES).map(([code, profile]) => ({
        code,
        name: profile.name,
        rules: JSON.stringify(profile.rules),
      })),
    )
    .onConflict((oc) => oc.column('code').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
    .returning(['id', 'code'])
    .execute();
  for (const { programmes, method, ...machine } of MACHINES) {
    const row = await trx
      .insertInto('cssdMachine')
      .values({ ...machine, method: method ?? null, institutionId: centerId })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (programmes.length > 0)
      await trx
        .insertInto('cssdProgramme')
        .values(
          programmes.map((programme) => ({ ...programme, machineId: row.id }) as Insertable<CssdProgramme>),
        )
        .execute();
    const profile = profiles.find(
      (one) =>
        one.code ===
        (machine.kind === 'washer' ? 'WASHER-EN' : method === 'plasma' ? 'PLASMA-EN' : 'STEAM-ZH'),
    );
    if (profile && (machine.kind === 'washer' || machine.kind === 'sterilizer'))
      await trx
        .insertInto('cssdPrintSource')
        .values({
          machineId: row.id,
          profileId: profile.id,
          kind: 'tcp',
          address: `127.0.0.1#${machine.code}`,
        })
        .execute();
  }
}

async function seedRoutes(
  trx: Transaction,
  centerId: string,
  sites: { id: string; code: string }[],
): Promise<void> {
  for (const [code, name, departsAt, remainder] of [
    ['R1', '东线', '08:00', 0],
    ['R2', '西线', '09:00', 1],
  ] as const) {
    const route = await trx
      .insertInto('cssdRoute')
      .values({ institutionId: centerId, code, name, departsAt })
      .returning('id')
      .executeTakeFirstOrThrow();
    const stops = sites.filter((_, index) => index % 2 === remainder);
    if (stops.length > 0)
      await trx
        .insertInto('cssdRouteStop')
        .values(
          stops.map((site, index) => ({ routeId: route.id, position: index + 1, institutionId: site.id })),
        )
        .execute();
  }
}
