import type { Transaction } from '../../server/core/database.ts';
import { COMMUNITIES, HOSPITALS, TOWNSHIPS, villageName, VILLAGE_ROOMS } from './places.ts';

/** Rows made before, by code or user name. */
export type Ids = Map<string, string>;

/** The bureau, hospitals, townships, communities and village rooms, as a tree. */
export async function seedPlaces(trx: Transaction): Promise<Ids> {
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

export const need = (ids: Ids, key: string): string => {
  const id = ids.get(key);
  if (!id) throw new Error(`the demo county has no ${key}`);
  return id;
};

/** The five shared centres at the lead hospital. */
export async function seedCenters(trx: Transaction, places: Ids): Promise<void> {
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
