import type { Context } from '../../server/core/context.ts';
import type { Transaction } from '../../server/core/database.ts';
import { HOLIDAYS, WORK_WEEK } from './reference/calendar.ts';
import { CATALOGUE } from './reference/catalogue.ts';
import { IMAGING_CRITICAL } from './reference/criticalFindings.ts';
import { POLICIES } from './reference/policies.ts';
import { RECOGNITION } from './reference/recognition.ts';
import { PHRASES, TEMPLATES } from './reportTexts.ts';
import { need, type Ids } from './seedPlaces.ts';

/** What can be ordered. */
export async function seedCatalogue(trx: Transaction): Promise<void> {
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

/** Calendar, turnaround, critical findings, and texts for reports. */
export async function seedRules(trx: Transaction): Promise<void> {
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

/** Validity per item, and the lead hospital's half-year evaluation of every site as evidence inside the county. */
export async function seedRecognition(ctx: Context, trx: Transaction, places: Ids): Promise<void> {
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
