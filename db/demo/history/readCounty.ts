import { sql } from 'kysely';
import type { CenterKind, OrderPriority } from '../../types.ts';
import type { Queryable } from '../../../server/core/database.ts';
import type { Calendar } from '../../../server/core/turnaround/calendar.ts';
import { choosePolicies } from '../../../server/core/turnaround/choosePolicies.ts';
import { loadCalendars, loadPolicies, type Policy } from '../../../server/core/turnaround/updateClocks.ts';

export interface HistoryItem {
  code: string;
  name: string;
  center: CenterKind;
  itemClass: string;
  modality: string | null;
  bodyPart: string | null;
  price: string | null;
}
export interface HistorySite {
  id: string;
  code: string;
  /** How this site differs from the county: share on time, share of inputs that come back. */
  bent: number;
  careless: number;
}
type HistoryPolicy = Policy & { calendar: Calendar | undefined };

export interface County {
  items: HistoryItem[];
  sites: HistorySite[];
  ecgSites: HistorySite[];
  /** Frozen sections come from the theatre of the lead hospital. */
  theatre: HistorySite;
  centerOf: Map<CenterKind, string>;
  staff: Map<string, string>;
  /** The history ends here: midnight before today. */
  until: Date;
  policiesOf(item: HistoryItem, priority: OrderPriority, flags: string[]): HistoryPolicy[];
}

/** Cases of a kind per hundred; sterile supply makes its own months. */
const MIX: Record<string, number> = { 'DR-CHEST': 16, 'CT-HEAD': 6, 'CT-CHEST': 8, 'US-ABDOMEN': 6, 'ECG-12': 20, 'ECG-24H': 2, CBC: 13, BMP: 9, LFT: 6, HBA1C: 3, UA: 4, COAG: 2, TNI: 2, 'HISTO-SMALL': 2, HISTO: 2, CYTO: 3, FROZEN: 1, CONSULT: 0 }; // prettier-ignore
const BENT: Record<string, [bent: number, careless: number]> = { QINGFENG: [-0.09, 0.03], XIAOHE: [-0.03, 0.01], BAITA: [0.015, 0], LIUHE: [0.02, -0.01], YANGLIN: [-0.02, 0.05] }; // prettier-ignore
const VILLAGES_WITH_ECG = 52;

/** What the history stands on, read once: sites, items in their proportions, centres, people, policies with calendars. */
export async function readCounty(db: Queryable, until: Date): Promise<County> {
  const { rows: items } = await sql<HistoryItem>`
    select code, name, center_kind::text as center, item_class, modality, body_part, price from catalogue_item where code = any(${Object.keys(MIX)}::text[]) order by code`.execute(
    db,
  );
  const { rows: places } = await sql<{ id: string; code: string; kind: string }>`
    select id, code, kind from institution where kind in ('township', 'community', 'village') and active order by kind, code`.execute(
    db,
  );
  const site = ({ id, code }: { id: string; code: string }): HistorySite => {
    const [bent, careless] = BENT[code] ?? [0, 0];
    return { id, code, bent, careless };
  };
  const of = (kind: string) => places.filter((place) => place.kind === kind).map(site);
  const townships = of('township');
  // A township is busier than a community centre, the first ones busier than the last.
  const sites = [...townships.flatMap((each, n) => Array<HistorySite>(n < 4 ? 5 : 3).fill(each)), ...of('community').flatMap((each) => [each, each])]; // prettier-ignore
  const { rows: centers } = await sql<{ kind: CenterKind; institutionId: string }>`
    select kind::text as kind, institution_id from center where active`.execute(db);
  const { rows: staff } = await sql<{ username: string; id: string }>`select username, id from staff`.execute(
    db,
  );
  const chosen = new Map<string, HistoryPolicy[]>();
  const key = (itemClass: string, priority: string, flags: string[]) =>
    `${itemClass} ${priority} ${flags.join()}`;
  for (const { center: centerKind, itemClass } of items)
    for (const priority of ['emergency', 'urgent', 'routine'] as const)
      for (const flags of centerKind === 'ecg' ? [[], ['chest-pain']] : [[]]) {
        const ids = await choosePolicies(db, { centerKind, itemClass, priority, flags }, until);
        const policies = await loadPolicies(db, ids);
        const calendars = await loadCalendars(db, policies.flatMap(({ calendarId }) => calendarId ?? [])); // prettier-ignore
        chosen.set(key(itemClass, priority, flags), policies.map((policy) => ({ ...policy, calendar: calendars.get(policy.calendarId ?? '') }))); // prettier-ignore
      }
  return {
    items: items.flatMap((item) => Array<HistoryItem>(MIX[item.code] ?? 1).fill(item)),
    sites,
    ecgSites: [...sites, ...of('village').slice(0, VILLAGES_WITH_ECG)],
    theatre: site({ id: centers.find((row) => row.kind === 'pathology')?.institutionId ?? townships[0]?.id ?? '', code: 'LEAD' }), // prettier-ignore
    centerOf: new Map(centers.map((row) => [row.kind, row.institutionId])),
    staff: new Map(staff.map((row) => [row.username, row.id])),
    until,
    policiesOf: (item, priority, flags) => chosen.get(key(item.itemClass, priority, flags)) ?? [],
  };
}
